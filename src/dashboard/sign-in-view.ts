/** Asks for the credential. */

import { element, fill } from "./dom.ts";
import {
  authorizationFor,
  Gateway,
  refusal,
  remember,
  rememberedAuthorization,
  type Wanted,
  whatIsWanted,
  words,
} from "./gateway.ts";

const places: Readonly<Record<Exclude<Wanted, "nothing">, string>> = {
  token: "It is in ~/.openclaw/gateway.token on the machine the gateway runs on.",
  password: "It is what gateway.auth.password says.",
};

/** Resolves with a gateway that lets this page in; asks until there is one. `trouble` is why it is asked again. */
export async function signIn(root: Element, trouble = ""): Promise<Gateway> {
  const remembered = rememberedAuthorization();
  if (remembered !== undefined && trouble === "") {
    const known = new Gateway(remembered);
    if (await isLetIn(known)) return known;
  }
  remember(undefined);
  const wanted = await whenItAnswers(root);
  return wanted === "nothing" ? new Gateway("") : ask(root, wanted, trouble);
}

async function isLetIn({ gateway }: Gateway): Promise<boolean> {
  return gateway.getGateway({}).then(
    () => true,
    () => false,
  );
}

async function whenItAnswers(root: Element): Promise<Wanted> {
  for (;;) {
    try {
      return await whatIsWanted();
    } catch (thrown) {
      fill(root, card(element("p", { class: "trouble", role: "status" }, `${words(thrown)}; trying again …`)));
      await new Promise((resolve) => setTimeout(resolve, 2_000));
    }
  }
}

function ask(root: Element, wanted: Exclude<Wanted, "nothing">, trouble: string): Promise<Gateway> {
  return new Promise((resolve) => {
    const secret = element("input", {
      type: "password",
      name: "secret",
      "aria-label": `gateway ${wanted}`,
      placeholder: `gateway ${wanted}`,
      autocomplete: "off",
      spellcheck: "false",
      required: true,
    });
    const problem = element("p", { class: "trouble", role: "alert" }, trouble);
    const button = element("button", { type: "submit", class: "primary" }, "Sign in");
    const submit = async (event: Event): Promise<void> => {
      event.preventDefault();
      button.disabled = true;
      const authorization = authorizationFor(wanted, secret.value.trim());
      const gateway = new Gateway(authorization);
      try {
        await gateway.gateway.getGateway({});
        remember(authorization);
        resolve(gateway);
      } catch (thrown) {
        problem.textContent = refusal(thrown, wanted);
        secret.select();
      } finally {
        button.disabled = false;
      }
    };
    const form = element("form", { submit: (event) => void submit(event) }, secret, button);
    fill(
      root,
      card(form, problem, element("p", { class: "hint" }, places[wanted], " It is forgotten when this tab is closed.")),
    );
    secret.focus();
  });
}

function card(...children: readonly Element[]): Element {
  const title = element("h1", {}, element("span", { class: "logo" }), "OpenClaw Gateway");
  return element("main", { class: "sign-in" }, title, ...children);
}
