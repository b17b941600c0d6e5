import { expect } from "chai";
import { serviceEnvironment, withheldVariables } from "../../src/config/service-environment.ts";

describe("serviceEnvironment", () => {
  it("gives a service what says how the machine is used, and nothing else", () => {
    const environment = {
      TZ: "Europe/Vienna",
      LANG: "de_AT.UTF-8",
      LC_TIME: "C",
      https_proxy: "http://proxy.example:3128",
      NO_PROXY: "localhost",
      NODE_EXTRA_CA_CERTS: "/etc/ca.pem",
      OPENCLAW_GATEWAY_PORT: "18809",
      OPENCLAW_PROFILE: "work",
      OPENCLAW_STATE_DIR: "/srv",
      HOME: "/home/ada",
      SSH_AUTH_SOCK: "/tmp/agent",
      NODE_OPTIONS: "--inspect",
      EMPTY: "",
      LC_ALL: "",
    };
    expect(serviceEnvironment(environment)).to.deep.equal({
      LANG: "de_AT.UTF-8",
      LC_TIME: "C",
      NODE_EXTRA_CA_CERTS: "/etc/ca.pem",
      NO_PROXY: "localhost",
      OPENCLAW_GATEWAY_PORT: "18809",
      TZ: "Europe/Vienna",
      https_proxy: "http://proxy.example:3128",
    });
  });

  it("gives it no secret", () => {
    const environment = {
      OPENAI_API_KEY: "sk-1",
      OPENCLAW_GATEWAY_TOKEN: "t",
      OPENCLAW_GATEWAY_PASSWORD: "p",
      HTTPS_PROXY: "http://ada:secret@proxy.example",
      http_proxy: "ada:secret@proxy.example",
    };
    expect(serviceEnvironment(environment)).to.deep.equal({});
    expect(withheldVariables(environment)).to.deep.equal(Object.keys(environment).sort());
  });

  it("withholds nothing that is not set, and nothing a gateway does not use", () => {
    expect(
      withheldVariables({ OPENAI_API_KEY: "", GITHUB_TOKEN: "x", LANG: "C", OPENCLAW_STATE_DIR: "/x" }),
    ).to.deep.equal([]);
  });

  it("leaves out of PATH what only this shell has", () => {
    const PATH = [
      "/work/node_modules/.bin",
      "/lib/node_modules/npm/node_modules/@npmcli/run-script/lib/node-gyp-bin",
      "/usr/bin",
      "",
      "bin",
      "/bin",
      "/usr/bin",
    ].join(":");
    expect(serviceEnvironment({ PATH })).to.deep.equal({ PATH: "/usr/bin:/bin" });
  });
});
