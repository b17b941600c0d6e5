"""The live output of a run."""

from openclaw.gateway.v1 import run_pb2, run_service_pb2


class RunText:
    """Output of a run, put together by the rules of Delta in run.proto."""

    def __init__(self) -> None:
        self.blocks: dict[int, tuple[int, bytes]] = {}

    def apply(self, delta: run_pb2.Delta) -> None:
        draft, held = self.blocks.get(delta.block, (delta.draft, b""))
        if draft != delta.draft:
            self.blocks = {block: value for block, value in self.blocks.items() if block < delta.block}
            held = b""
        if delta.offset == len(held):
            held += delta.text.encode()
        elif delta.offset == 0:
            held = delta.text.encode()
        elif delta.offset > len(held):
            raise ValueError(f"bytes {len(held)} to {delta.offset} of block {delta.block} are missing")
        self.blocks[delta.block] = (delta.draft, held)

    def held(self) -> list[run_service_pb2.WatchRunRequest.HeldBlock]:
        block = run_service_pb2.WatchRunRequest.HeldBlock
        return [block(block=n, draft=draft, bytes=len(text)) for n, (draft, text) in self.blocks.items()]

    def bytes(self) -> int:
        return sum(len(text) for _, text in self.blocks.values())

    def text(self) -> str:
        return "".join(text.decode() for _, (_, text) in sorted(self.blocks.items()))
