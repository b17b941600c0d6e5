/** Reading the live output of a run from anywhere: what readers put together equals what is kept. */

import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import {
  type Message,
  MessageSchema,
  type Part,
  PartSchema,
  Message_Role as Role,
} from "../../../../gen/openclaw/gateway/v1/message_pb.ts";
import { Delta_Channel as Channel, type Delta, RunSchema } from "../../../../gen/openclaw/gateway/v1/run_pb.ts";
import { RunText } from "../../../../src/client/run-text.ts";
import type { LiveBlock } from "../../../../src/core/run/live/live-block.ts";
import { LiveReader } from "../../../../src/core/run/live/live-reader.ts";
import { LiveRun } from "../../../../src/core/run/live/live-run.ts";
import { Wakeup } from "../../../../src/lib/wakeup.ts";
import { SeededRandom } from "../../../support/seeded-random.ts";

const run = create(RunSchema, { name: "sessions/main/runs/1" });

/** A reader that may lose its connection: what it holds, and the bytes it was sent. */
class TestReader {
  readonly text = new RunText();
  readonly deltas: Delta[] = [];
  #reader: LiveReader;
  readonly #live: () => LiveRun;

  constructor(live: () => LiveRun) {
    this.#live = live;
    this.#reader = new LiveReader(live(), []);
  }

  /** Reads up to `limit` frames. */
  read(limit = Number.POSITIVE_INFINITY): void {
    for (let count = 0; count < limit; count++) {
      const frame = this.#reader.next();
      if (frame === undefined) return;
      if (frame.case !== "delta") continue;
      this.deltas.push(frame.value);
      expect(this.text.apply(frame.value).kind).not.to.equal("gap");
    }
  }

  reconnect(): void {
    const held = this.text.held().map(({ block, draft, bytes }) => ({ block, draft, bytes: Number(bytes) }));
    this.#reader = new LiveReader(this.#live(), held);
  }

  /** Blocks that say something. */
  blocks(): [number, Delta["channel"], string][] {
    return this.text
      .blocks()
      .filter(({ text }) => text !== "")
      .map(({ block, channel, text }) => [block, channel, text]);
  }
}

function message(parts: Part[], draft: number): Message {
  return create(MessageSchema, { role: Role.ASSISTANT, parts, draft });
}

/** Blocks of the parts of messages, as readers have to end up with them. */
function expected(messages: readonly Message[]): [number, Delta["channel"], string][] {
  const channels = { text: Channel.TEXT, thinking: Channel.THINKING };
  return messages
    .flatMap((each) => each.parts)
    .flatMap(({ kind }, index): [number, Delta["channel"], string][] => {
      if (kind.case === "toolResult") return [[index, Channel.TOOL_OUTPUT, kind.value.text]];
      return kind.case === "text" || kind.case === "thinking" ? [[index, channels[kind.case], kind.value]] : [];
    })
    .filter(([, , text]) => text !== "");
}

describe("a reader of a live run", () => {
  let live: LiveRun;

  beforeEach(() => {
    live = new LiveRun(run, new Wakeup());
  });

  /** Begins a draft with these texts; returns its last block. */
  function say(draft: number, ...texts: string[]): LiveBlock {
    live.startDraft(draft);
    let block = live.openBlock(Channel.TEXT);
    for (const [index, text] of texts.entries()) {
      if (index > 0) {
        live.closeBlock(block);
        block = live.openBlock(Channel.TEXT);
      }
      live.append(block, text);
    }
    return block;
  }

  it("gets what was said before it came and everything after", () => {
    const block = say(7, "hel");
    const reader = new TestReader(() => live);
    reader.read();
    live.append(block, "lo");
    reader.read();
    expect(reader.deltas.map(({ offset, text }) => [offset, text])).to.deep.equal([
      [0n, "hel"],
      [3n, "lo"],
    ]);
  });

  it("is not sent again what it holds", () => {
    const block = say(7, "größe");
    const reader = new TestReader(() => live);
    reader.read();
    reader.reconnect();
    live.append(block, "!");
    reader.read();
    expect(reader.deltas.map(({ offset, text }) => [offset, text])).to.deep.equal([
      [0n, "größe"],
      [7n, "!"],
    ]);
  });

  for (const bytes of [2, 99, -1]) {
    it(`gets the block from its beginning when it claims to hold ${bytes} bytes that cannot be`, () => {
      say(7, "é語𝄞");
      const reader = new LiveReader(live, [{ block: 0, draft: 7, bytes: bytes === 2 ? 3 : bytes }]);
      const frames = [reader.next(), reader.next()].flatMap((frame) => (frame?.case === "delta" ? [frame.value] : []));
      expect(frames.at(-1)).to.include({ offset: 0n, text: "é語𝄞" });
    });
  }

  it("drops what a call said that has to be made again", () => {
    say(7, "one", "two");
    const reader = new TestReader(() => live);
    reader.read();
    say(8, "other");
    reader.read();
    expect(reader.blocks()).to.deep.equal([[0, Channel.TEXT, "other"]]);
  });

  it("drops it when the new draft begins with a part without text", () => {
    live.startDraft(7);
    live.skipBlock();
    live.append(live.openBlock(Channel.TEXT), "stale");
    const reader = new TestReader(() => live);
    reader.read();
    say(8, "fresh");
    reader.read();
    expect(reader.blocks()).to.deep.equal([[0, Channel.TEXT, "fresh"]]);
  });

  it("drops it when it was away meanwhile", () => {
    say(7, "one", "two");
    const reader = new TestReader(() => live);
    reader.read();
    say(8, "other");
    reader.reconnect();
    reader.read();
    expect(reader.blocks()).to.deep.equal([[0, Channel.TEXT, "other"]]);
  });

  it("drops what came after a tool use when only what came before it is kept", () => {
    live.startDraft(7);
    live.append(live.openBlock(Channel.TEXT), "kept");
    live.skipBlock();
    live.append(live.openBlock(Channel.TEXT), "lost");
    const reader = new TestReader(() => live);
    reader.read();
    live.addOutput(message(live.uncommittedParts(), 7));
    live.end(run);
    reader.read();
    expect(reader.blocks()).to.deep.equal([[0, Channel.TEXT, "kept"]]);
  });

  it("drops what was said after the moment a stopped run was kept", () => {
    const block = say(7, "kept");
    const kept = live.uncommittedParts();
    live.append(block, " and more");
    const reader = new TestReader(() => live);
    const away = new TestReader(() => live);
    for (const each of [reader, away]) each.read();
    live.addOutput(message(kept, 7));
    live.end(run);
    reader.read();
    away.reconnect();
    away.read();
    for (const each of [reader, away]) expect(each.blocks()).to.deep.equal([[0, Channel.TEXT, "kept"]]);
  });

  it("sees nothing of a writer that is late", () => {
    const block = say(7, "said");
    live.addOutput(message(live.uncommittedParts(), 7));
    live.end(run);
    live.append(block, " late");
    live.append(live.openBlock(Channel.TEXT), "later");
    const reader = new TestReader(() => live);
    reader.read();
    expect(reader.blocks()).to.deep.equal([[0, Channel.TEXT, "said"]]);
  });

  it("gets long texts in deltas of whole characters that a frame can carry", () => {
    const text = "x𝄞語".repeat(60_000);
    say(7, text);
    const reader = new TestReader(() => live);
    reader.read();
    expect(reader.blocks()[0]?.[2]).to.equal(text);
    for (const delta of reader.deltas) {
      expect(Buffer.byteLength(delta.text)).to.be.below(131_072);
      expect(delta.text.isWellFormed()).to.equal(true);
    }
  });
});

describe("readers of a live run that come and go", () => {
  const seeds = Array.from({ length: 60 }, (_, index) => index + 1);
  if (process.env.LIVE_SEED !== undefined) seeds.splice(0, seeds.length, Number(process.env.LIVE_SEED));

  for (const seed of seeds) {
    it(`put together what is kept (LIVE_SEED=${seed})`, () => {
      const random = new SeededRandom(seed);
      let live = new LiveRun(run, new Wakeup());
      const kept: Message[] = [];
      const readers: TestReader[] = [];
      const writer = new RandomWriter(random, kept);
      for (let step = 0; step < 120; step++) {
        writer.step(live);
        if (random.chance(0.1)) readers.push(new TestReader(() => live));
        if (random.chance(0.03)) {
          live = afterRestart(kept, writer);
          for (const reader of readers) reader.reconnect();
        }
        for (const reader of readers) {
          if (random.chance(0.5)) reader.read(random.between(1, 4));
          if (random.chance(0.1)) reader.reconnect();
        }
      }
      writer.finish(live);
      for (const reader of readers) {
        if (random.chance(0.5)) reader.reconnect();
        reader.read();
        expect(reader.blocks()).to.deep.equal(expected(kept));
      }
    });
  }

  /** A new process knows what was committed and nothing else. */
  function afterRestart(kept: readonly Message[], writer: RandomWriter): LiveRun {
    const live = new LiveRun(run, new Wakeup());
    for (const each of kept) live.addOutput(each);
    writer.forget();
    return live;
  }
});

/** Does to a live run what agent loop and dispatcher do, at random. */
class RandomWriter {
  readonly #random: SeededRandom;
  readonly #kept: Message[];
  #parts: (LiveBlock | "toolUse")[] | undefined;
  #open: LiveBlock | undefined;
  #draft = 0;

  constructor(random: SeededRandom, kept: Message[]) {
    this.#random = random;
    this.#kept = kept;
  }

  forget(): void {
    this.#parts = undefined;
    this.#open = undefined;
  }

  step(live: LiveRun): void {
    const random = this.#random;
    if (this.#parts === undefined || random.chance(0.05)) this.#start(live);
    else if (random.chance(0.6)) this.#say(live);
    else if (random.chance(0.15)) this.#callTool(live);
    else if (random.chance(0.3)) this.#commit(live);
  }

  /** The run is stopped in the middle; the model speaks on for a moment. */
  finish(live: LiveRun): void {
    const parts = live.uncommittedParts();
    if (this.#open !== undefined) live.append(this.#open, "late");
    if (parts.length > 0) this.#keep(live, message(parts, this.#draft));
    live.end(run);
  }

  #start(live: LiveRun): void {
    this.#draft = this.#random.between(1, 1e9);
    this.#parts = [];
    this.#open = undefined;
    live.startDraft(this.#draft);
  }

  #say(live: LiveRun): void {
    const random = this.#random;
    if (this.#open === undefined || random.chance(0.15)) {
      if (this.#open !== undefined) live.closeBlock(this.#open);
      this.#open = live.openBlock(random.pick([Channel.TEXT, Channel.THINKING]));
      this.#parts?.push(this.#open);
    }
    if (random.chance(0.9)) live.append(this.#open, random.text(random.between(1, 5)));
  }

  #callTool(live: LiveRun): void {
    if (this.#open !== undefined) live.closeBlock(this.#open);
    this.#open = undefined;
    this.#parts?.push("toolUse");
    live.skipBlock();
  }

  #commit(live: LiveRun): void {
    const use = { kind: { case: "toolUse" as const, value: { callId: "c", tool: "t" } } };
    const parts = (this.#parts ?? []).map((part) => (part === "toolUse" ? create(PartSchema, use) : part.toPart()));
    this.forget();
    if (parts.length === 0) return;
    this.#keep(live, message(parts, this.#draft));
    for (const part of parts) if (part.kind.case === "toolUse") this.#answerTool(live);
  }

  #answerTool(live: LiveRun): void {
    const value = { callId: "c", tool: "t", text: this.#random.text(3) };
    const parts = [create(PartSchema, { kind: { case: "toolResult", value } })];
    this.#keep(live, create(MessageSchema, { role: Role.TOOL, parts }));
  }

  #keep(live: LiveRun, each: Message): void {
    this.#kept.push(each);
    live.addOutput(each);
  }
}
