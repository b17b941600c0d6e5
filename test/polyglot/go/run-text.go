// The live output of a run.
package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	pb "polyglot/gen/openclaw/gateway/v1"
)

type block struct {
	draft uint32
	text  string
}

// Put together by the rules of Delta in run.proto. A Go string is bytes, as offsets are.
type runText map[int32]block

func (t runText) apply(delta *pb.Delta) error {
	held := t[delta.Block]
	if held.draft != delta.Draft {
		maps.DeleteFunc(t, func(number int32, _ block) bool { return number >= delta.Block })
		held = block{draft: delta.Draft}
	}
	switch {
	case delta.Offset == int64(len(held.text)):
		held.text += delta.Text
	case delta.Offset == 0:
		held.text = delta.Text
	case delta.Offset > int64(len(held.text)):
		return fmt.Errorf("bytes %d to %d of block %d are missing", len(held.text), delta.Offset, delta.Block)
	}
	t[delta.Block] = held
	return nil
}

func (t runText) held() []*pb.WatchRunRequest_HeldBlock {
	blocks := []*pb.WatchRunRequest_HeldBlock{}
	for number, held := range t {
		bytes := int64(len(held.text))
		blocks = append(blocks, &pb.WatchRunRequest_HeldBlock{Block: number, Draft: held.draft, Bytes: bytes})
	}
	return blocks
}

func (t runText) text() string {
	var whole strings.Builder
	for _, number := range slices.Sorted(maps.Keys(t)) {
		whole.WriteString(t[number].text)
	}
	return whole.String()
}
