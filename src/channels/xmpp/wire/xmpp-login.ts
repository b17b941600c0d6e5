/** From a connection to a stream of our own: encryption, password, a resource, acknowledgements. */

import { MisconfiguredError } from "../../../core/channel/network.ts";
import { localOf, type XmppSettings } from "../xmpp-settings.ts";
import { type Element, xml } from "./xml-element.ts";
import { chooseMechanism } from "./xmpp-sasl.ts";
import type { XmppWire } from "./xmpp-wire.ts";

const tlsSpace = "urn:ietf:params:xml:ns:xmpp-tls";
const saslSpace = "urn:ietf:params:xml:ns:xmpp-sasl";
const bindSpace = "urn:ietf:params:xml:ns:xmpp-bind";

/** XEP-0198. */
export const acknowledgeSpace = "urn:xmpp:sm:3";

/** Logs in, and offers to acknowledge what is handled where the server wants that. Rejects with MisconfiguredError when the server refuses the password. */
export async function logIn(wire: XmppWire, settings: XmppSettings, signal: AbortSignal): Promise<void> {
  let features = await beginStream(wire);
  if (settings.tls === "starttls") {
    if (features.find("starttls", tlsSpace) === undefined) throw new Error("the server offers no encryption");
    wire.send(xml("starttls", { xmlns: tlsSpace }));
    const answer = await wire.next();
    if (answer.name !== "proceed") throw new Error("the server offers encryption and refuses it");
    await wire.encrypt(signal);
    features = await beginStream(wire);
  }
  await authenticate(wire, settings, features);
  features = await beginStream(wire);
  await bind(wire, settings.resource);
  if (features.find("sm", acknowledgeSpace) !== undefined) await offerAcknowledgements(wire);
}

async function beginStream(wire: XmppWire): Promise<Element> {
  wire.begin();
  const features = await wire.next();
  if (features.name !== "features") throw new Error("the server does not speak XMPP 1.0");
  return features;
}

async function authenticate(wire: XmppWire, { jid, password, tls }: XmppSettings, features: Element): Promise<void> {
  const offered = features.find("mechanisms", saslSpace)?.elements.map(({ text }) => text) ?? [];
  // Without encryption the line is one the operator calls private.
  const mechanism = chooseMechanism(offered, {
    name: localOf(jid),
    password,
    encrypted: wire.encrypted || tls === "off",
  });
  if (mechanism === undefined)
    throw new Error(`the server offers no way to log in that we know: ${offered.join(", ")}`);
  wire.send(xml("auth", { xmlns: saslSpace, mechanism: mechanism.name }, encoded(mechanism.initial)));
  for (;;) {
    const answer = await wire.next();
    if (answer.name === "success") {
      mechanism.verify(decoded(answer.text));
      return;
    }
    if (answer.name !== "challenge") throw refusal(answer);
    wire.send(xml("response", { xmlns: saslSpace }, encoded(await mechanism.answer(decoded(answer.text)))));
  }
}

function refusal(answer: Element): Error {
  const why = answer.elements[0]?.name ?? answer.name;
  if (why === "temporary-auth-failure") return new Error("the server cannot check passwords at the moment");
  return new MisconfiguredError(`the server refuses channels.xmpp.jid or its password (${why}); check both`);
}

async function bind(wire: XmppWire, resource: string): Promise<void> {
  wire.send(xml("iq", { type: "set", id: "bind" }, xml("bind", { xmlns: bindSpace }, xml("resource", {}, resource))));
  const answer = await wire.next();
  if (answer.find("bind")?.find("jid") === undefined) throw new Error("the server gives us no resource");
}

/** No resumption is asked for: what we had not handled comes from the archive, or once more as what came while we were away. */
async function offerAcknowledgements(wire: XmppWire): Promise<void> {
  wire.send(xml("enable", { xmlns: acknowledgeSpace }));
  await wire.next();
}

function encoded(text: string): string {
  return text === "" ? "=" : Buffer.from(text, "utf8").toString("base64");
}

function decoded(text: string): string {
  return Buffer.from(text === "=" ? "" : text, "base64").toString("utf8");
}
