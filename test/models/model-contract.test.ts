import { EchoModel } from "../../src/models/echo-model.ts";
import { type FakeProvider, fakeProviders, serveModel } from "../support/fake-model-servers/fake-providers.ts";
import { type FakeFault, type FakeTurn, textPieces } from "../support/fake-model-servers/fake-turn.ts";
import { modelRequest, userMessage } from "../support/model-kit.ts";
import { type ContractFailure, type ContractSubject, describeModelContract } from "./model-contract.ts";

const echo: ContractSubject = {
  name: "echo",
  prepare: async ([turn]) => prepareEcho(commandsFor(turn ?? {})),
  prepareFailure: async (failure) => prepareEcho(`/fail ${failure}`),
};

describeModelContract(echo);
for (const provider of fakeProviders) describeModelContract(served(provider));

function prepareEcho(text: string) {
  return { model: new EchoModel(), request: modelRequest({ messages: [userMessage(text)] }), close: async () => {} };
}

function commandsFor(turn: FakeTurn): string {
  const lines = [textPieces(turn).join("")];
  if (turn.pauseMs !== undefined) lines.unshift(`/slow ${turn.pauseMs}`);
  if (turn.thinking !== undefined) lines.unshift(`/think ${turn.thinking}`);
  for (const call of turn.toolCalls ?? []) lines.push(`/tool ${call.name} ${JSON.stringify(call.input)}`);
  return lines.join("\n");
}

function served(provider: FakeProvider): ContractSubject {
  return {
    name: provider.api,
    prepare: async (turns) => ({ ...(await serveModel(provider, turns)), request: modelRequest() }),
    prepareFailure: async (failure) => {
      return { ...(await serveModel(provider, [{ fault: faults[failure] }])), request: modelRequest() };
    },
  };
}

const faults: Record<ContractFailure, FakeFault> = {
  overloaded: { kind: "status", status: 429, code: "rate_limit_exceeded", message: "slow down" },
  unavailable: { kind: "status", status: 500, code: "server_error", message: "boom" },
  refused: { kind: "status", status: 422, code: "invalid_request", message: "no" },
  key: { kind: "status", status: 401, code: "invalid_api_key", message: "who are you" },
  context: { kind: "status", status: 400, code: "context_length_exceeded", message: "too much" },
};
