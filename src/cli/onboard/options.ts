/** The options of `openclaw onboard`. */

import type { OptionSpecs } from "../command/command.ts";

/** By name. */
export const onboardOptions = {
  "non-interactive": { kind: "switch", help: "ask nothing; needs --accept-risk" },
  "accept-risk": { kind: "switch", help: "an agent acts with your rights: you know, and want that" },
  model: { kind: "text", value: "provider/model", help: "model that answers" },
  "api-key": { kind: "text", value: "key", help: "key of its provider; --api-key-stdin keeps it out of sight" },
  "api-key-stdin": { kind: "switch", help: "read the key from standard input" },
  "key-place": {
    kind: "text",
    value: "place",
    help: "where the key is kept: .env in the state folder, or the configuration",
    choices: ["env", "config"],
    fallback: "env",
  },
  "base-url": { kind: "text", value: "url", help: "where the provider's API lives, when it is not a known one" },
  "skip-model-test": { kind: "switch", help: "do not call the model before anything is written" },
  "gateway-auth": {
    kind: "text",
    value: "mode",
    help: "how callers prove who they are",
    choices: ["token", "password"],
  },
  "gateway-token": { kind: "text", value: "token", help: "the token; made by the gateway when left out" },
  "gateway-password": { kind: "text", value: "password", help: "the password" },
  "gateway-bind": {
    kind: "text",
    value: "mode",
    help: "who can reach the gateway",
    choices: ["loopback", "lan", "tailnet", "auto"],
  },
  "gateway-port": { kind: "number", value: "port", help: "port to listen on", min: 1, max: 65_535 },
  channel: { kind: "text", value: "network", help: 'channel to write to the agent on: "irc", "telegram", "irc:work"' },
  "channel-set": {
    kind: "list",
    value: "key=value",
    help: "a key of it; key=- and key=@file read the value; may be given again",
  },
  workspace: { kind: "text", value: "folder", help: "folder agents work in" },
  start: {
    kind: "text",
    value: "how",
    help: "afterwards: a service where the host has a manager, a background process, or nothing",
    choices: ["service", "background", "none"],
    fallback: "service",
  },
  message: {
    kind: "text",
    value: "text",
    help: "first message to the agent",
    fallback: "Say hello, and who you are, in one sentence.",
  },
  "no-message": { kind: "switch", help: "say nothing to the agent" },
} as const satisfies OptionSpecs;
