// The steps of the scenario.
package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	pb "polyglot/gen/openclaw/gateway/v1"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
)

type scenario struct {
	task
	calls
	cursor  string
	run     string
	session *pb.Session
}

type step struct {
	name string
	do   func(*scenario, context.Context) (findings, error)
}

// Tells what every step found.
func play(s *scenario, tell func(findings)) {
	steps := []step{
		{"gateway", (*scenario).meet}, {"create", (*scenario).create}, {"run", (*scenario).start},
		{"watch", (*scenario).watch}, {"resume", (*scenario).resume}, {"cancel", (*scenario).cancel},
		{"big", (*scenario).big}, {"errors", (*scenario).errors}, {"events", (*scenario).events},
	}
	for _, step := range steps {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		found, err := step.do(s, ctx)
		cancel()
		if err != nil {
			found = findings{"crash": err.Error()}
		}
		found["step"] = step.name
		tell(found)
	}
}

func (s *scenario) name() string { return "sessions/" + s.Session }

func (s *scenario) meet(ctx context.Context) (findings, error) {
	answer, err := s.getGateway(ctx, &pb.GetGatewayRequest{})
	if err != nil {
		return nil, err
	}
	s.cursor = answer.Cursor
	scopes := []string{}
	for _, scope := range answer.Caller.Scopes {
		scopes = append(scopes, scope.String())
	}
	state := answer.Gateway.State.String()
	return findings{"state": state, "principal": answer.Caller.Principal, "scopes": scopes}, nil
}

func (s *scenario) create(ctx context.Context) (findings, error) {
	request := &pb.CreateSessionRequest{
		Session:   &pb.Session{Title: s.Title, Labels: s.Labels},
		SessionId: s.task.Session,
		RequestId: newID(),
	}
	first, err := s.createSession(ctx, request)
	if err != nil {
		return nil, err
	}
	s.session = first.Session
	// Go writes maps in another order every time: the body is the same message, not the same bytes.
	repeated := "the same"
	for range 20 {
		again, err := s.createSession(ctx, request)
		if !proto.Equal(first, again) {
			repeated = fmt.Sprint(again, err)
		}
	}
	request.Session.Title = "another"
	_, reused := s.createSession(ctx, request)
	return findings{
		"name": s.session.Name, "title": s.session.Title, "labels": s.session.Labels, "kind": s.session.Kind.String(),
		"generation": s.session.Generation, "repeated": repeated, "reused": s.failure(reused),
	}, nil
}

func (s *scenario) runRequest(text string) *pb.CreateRunRequest {
	parts := []*pb.Part{{Kind: &pb.Part_Text{Text: text}}}
	return &pb.CreateRunRequest{Parent: s.name(), Parts: parts, RequestId: newID()}
}

func (s *scenario) start(ctx context.Context) (findings, error) {
	request := s.runRequest(s.Ask)
	first, err := s.createRun(ctx, request)
	if err != nil {
		return nil, err
	}
	second, err := s.createRun(ctx, request)
	if err != nil {
		return nil, err
	}
	s.run = first.Run.Name
	repeated := "the same"
	if !proto.Equal(first, second) {
		repeated = second.String()
	}
	return findings{"run": s.run, "disposition": first.Disposition.String(), "repeated": repeated}, nil
}

func (s *scenario) watch(ctx context.Context) (findings, error) {
	return s.watched(ctx, s.run, runText{})
}

func (s *scenario) resume(ctx context.Context) (findings, error) {
	created, err := s.createRun(ctx, s.runRequest(s.Ask))
	if err != nil {
		return nil, err
	}
	text, _, err := s.firstWord(ctx, created.Run.Name)
	if err != nil {
		return nil, err
	}
	held := len(text.text())
	found, err := s.watched(ctx, created.Run.Name, text)
	if err == nil {
		found["heldBytes"] = held
	}
	return found, err
}

func (s *scenario) cancel(ctx context.Context) (findings, error) {
	created, err := s.createRun(ctx, s.runRequest(s.AskForever))
	if err != nil {
		return nil, err
	}
	_, firstFrame, err := s.firstWord(ctx, created.Run.Name)
	if err != nil {
		return nil, err
	}
	request := &pb.CancelRunRequest{Name: created.Run.Name, Reason: s.Reason}
	if _, err := s.cancelRun(ctx, request); err != nil {
		return nil, err
	}
	found, err := s.watched(ctx, created.Run.Name, runText{})
	if err == nil {
		found["firstFrame"] = firstFrame
	}
	return found, err
}

// Breaks off as soon as something was said; what that is, and the kind of the first frame.
func (s *scenario) firstWord(ctx context.Context, run string) (runText, string, error) {
	text, first := runText{}, ""
	for frame, err := range s.watchRun(ctx, &pb.WatchRunRequest{Name: run}) {
		if err != nil {
			return nil, "", err
		}
		if first == "" {
			first = kindOf(frame)
		}
		if delta := frame.GetDelta(); delta != nil {
			return text, first, text.apply(delta)
		}
	}
	return nil, "", fmt.Errorf("%s said nothing", run)
}

// Watches to the end, and compares what was streamed with what the transcript holds.
func (s *scenario) watched(ctx context.Context, name string, text runText) (findings, error) {
	found := findings{"deltas": 0}
	run := &pb.Run{}
	for frame, err := range s.watchRun(ctx, &pb.WatchRunRequest{Name: name, Held: text.held()}) {
		if err != nil {
			return nil, err
		}
		found["lastFrame"] = kindOf(frame)
		switch frame := frame.Frame.(type) {
		case *pb.WatchRunResponse_Run:
			run = frame.Run
		case *pb.WatchRunResponse_Delta:
			setOnce(found, "firstOffset", frame.Delta.Offset)
			found["deltas"] = found["deltas"].(int) + 1
			if err := text.apply(frame.Delta); err != nil {
				return nil, err
			}
		}
	}
	found["state"], found["error"], found["text"] = run.State.String(), run.Error.GetMessage(), text.text()
	return found, s.addOutputs(ctx, run, found)
}

func kindOf(frame *pb.WatchRunResponse) string {
	message := frame.ProtoReflect()
	return string(message.WhichOneof(message.Descriptor().Oneofs().ByName("frame")).Name())
}

func (s *scenario) addOutputs(ctx context.Context, run *pb.Run, found findings) error {
	var transcript strings.Builder
	truncated := false
	for _, output := range run.Outputs {
		answer, err := s.getMessage(ctx, &pb.GetMessageRequest{Name: output})
		if err != nil {
			return err
		}
		for _, part := range answer.Message.Parts {
			transcript.WriteString(part.GetText())
		}
		truncated = truncated || answer.Message.Truncated
	}
	found["transcript"], found["truncated"] = transcript.String(), truncated
	return nil
}

func (s *scenario) big(ctx context.Context) (findings, error) {
	text := strings.Repeat(s.BigWord, s.BigCount)
	message := &pb.Message{Role: pb.Message_ROLE_USER, Parts: []*pb.Part{{Kind: &pb.Part_Text{Text: text}}}}
	request := &pb.AppendMessageRequest{Parent: s.name(), Message: message, RequestId: newID()}
	appended, err := s.appendMessage(ctx, request)
	if err != nil {
		return nil, err
	}
	answer, err := s.getMessage(ctx, &pb.GetMessageRequest{Name: appended.Message.Name})
	if err != nil {
		return nil, err
	}
	read := answer.Message.Parts[0].GetText()
	return findings{"bytes": len(read), "same": read == text}, nil
}

func (s *scenario) errors(ctx context.Context) (findings, error) {
	get := func(ctx context.Context, name string) error {
		_, err := s.getSession(ctx, &pb.GetSessionRequest{Name: name})
		return err
	}
	wrong := &pb.Session{Title: strings.Repeat("x", 257), Labels: map[string]string{"NOT A KEY": ""}}
	_, invalid := s.createSession(ctx, &pb.CreateSessionRequest{Session: wrong, RequestId: newID()})
	stale := &pb.Session{Name: s.name(), Title: "other", Etag: s.session.Etag}
	mask := &fieldmaskpb.FieldMask{Paths: []string{"title"}}
	_, etag := s.updateSession(ctx, &pb.UpdateSessionRequest{Session: stale, UpdateMask: mask})
	var stream, deadline error
	for _, stream = range s.watchRun(ctx, &pb.WatchRunRequest{Name: s.name() + "/runs/no"}) {
	}
	short, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
	defer cancel()
	for _, deadline = range s.watchEvents(short, &pb.WatchEventsRequest{}) {
	}
	return findings{
		"notFound":   s.failure(get(ctx, "sessions/nobody")),
		"invalid":    s.failure(invalid),
		"etag":       s.failure(etag),
		"wrongToken": s.failure(get(withToken(ctx, s.WrongToken), s.name())),
		"noToken":    s.failure(get(withToken(ctx, ""), s.name())),
		"stream":     s.failure(stream),
		"deadline":   s.failure(deadline),
	}, nil
}

func newID() string {
	b := make([]byte, 16)
	rand.Read(b)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

func setOnce(found findings, key string, value any) {
	if _, set := found[key]; !set {
		found[key] = value
	}
}
