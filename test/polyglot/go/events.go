// The step that follows the event log.
package main

import (
	"context"
	"maps"
	"slices"

	pb "polyglot/gen/openclaw/gateway/v1"
)

func (s *scenario) events(ctx context.Context) (findings, error) {
	watch := &pb.WatchEventsRequest{Cursor: s.cursor, Subjects: []string{s.name(), s.name() + "/**"}}
	before, err := s.readEvents(ctx, watch, func(seen eventsSeen) bool { return len(seen.events) > 0 })
	if err != nil {
		return nil, err
	}
	title := "changed meanwhile"
	changed := &pb.Session{Name: s.name(), Title: title}
	if _, err := s.updateSession(ctx, &pb.UpdateSessionRequest{Session: changed}); err != nil {
		return nil, err
	}
	watch.Cursor = before.cursor
	after, err := s.readEvents(ctx, watch, func(seen eventsSeen) bool {
		return len(seen.events) > 0 && seen.events[len(seen.events)-1].GetSession().GetTitle() == title
	})
	if err != nil {
		return nil, err
	}
	listed, err := s.sequencesListed(ctx, watch.Subjects)
	if err != nil {
		return nil, err
	}
	seen := append(before.events, after.events...)
	return findings{
		"firstFrame": before.first, "held": len(before.events), "watched": sequences(seen), "listed": listed,
		"first": seen[0].Change.String() + " " + seen[0].Subject, "last": seen[len(seen)-1].GetSession().GetTitle(),
		"kinds": kinds(seen), "actor": seen[0].Actor,
	}, nil
}

type eventsSeen struct {
	// Kind of the first frame.
	first  string
	events []*pb.Event
	// Where to continue.
	cursor string
}

// Watches until there is enough, then breaks off.
func (s *scenario) readEvents(ctx context.Context, request *pb.WatchEventsRequest,
	enough func(eventsSeen) bool) (eventsSeen, error) {
	seen := eventsSeen{}
	for frame, err := range s.watchEvents(ctx, request) {
		if err != nil {
			return seen, err
		}
		kind := "batch"
		switch frame := frame.Frame.(type) {
		case *pb.WatchEventsResponse_Bookmark:
			kind = "bookmark"
			seen.cursor = frame.Bookmark.Cursor
		case *pb.WatchEventsResponse_Batch:
			seen.cursor = frame.Batch.Cursor
			seen.events = append(seen.events, frame.Batch.Events...)
		}
		if seen.first == "" {
			seen.first = kind
		}
		if enough(seen) {
			break
		}
	}
	return seen, nil
}

func (s *scenario) sequencesListed(ctx context.Context, subjects []string) ([]int64, error) {
	request := &pb.ListEventsRequest{Cursor: s.cursor, Subjects: subjects, PageSize: 3}
	listed := []int64{}
	for {
		page, err := s.listEvents(ctx, request)
		if err != nil {
			return nil, err
		}
		listed = append(listed, sequences(page.Events)...)
		request.Cursor = page.Cursor
		if page.AtEnd {
			return listed, nil
		}
	}
}

func sequences(events []*pb.Event) []int64 {
	numbers := []int64{}
	for _, event := range events {
		numbers = append(numbers, event.Sequence)
	}
	return numbers
}

func kinds(events []*pb.Event) []string {
	kinds := map[string]bool{}
	for _, event := range events {
		message := event.ProtoReflect()
		oneof := message.Descriptor().Oneofs().ByName("resource")
		kinds[string(message.WhichOneof(oneof).Name())] = true
	}
	return slices.Sorted(maps.Keys(kinds))
}
