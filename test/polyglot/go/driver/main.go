// A channel driver: makes a chat of JSON lines a channel of OpenClaw Gateway. It ends when either side goes; start it again.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/types/known/durationpb"

	v1 "polyglot/gen/openclaw/gateway/v1"
	"polyglot/gen/openclaw/gateway/v1/gatewayv1connect"
)

// What the chat says.
type line struct {
	Op, ID, Me, Text, Delivery string
	Number                     int
	IDs                        []string
	Permanent                  bool
	RetryAfterMs               int64
	Reaction                   *struct {
		To, Emoji string
		Remove    bool
	}
}

type driver struct {
	channel  string
	gateway  gatewayv1connect.ChannelDriverServiceClient
	chat     net.Conn
	lines    *bufio.Scanner
	mutex    sync.Mutex
	attempts map[string]int32
}

func main() {
	chat, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", os.Getenv("CHAT_PORT")))
	if err != nil {
		log.Fatal(err)
	}
	client := &http.Client{Transport: bearer(os.Getenv("TOKEN"))}
	gateway := gatewayv1connect.NewChannelDriverServiceClient(client, "http://"+os.Getenv("GATEWAY"))
	d := &driver{
		channel: os.Getenv("CHANNEL"), gateway: gateway, attempts: map[string]int32{},
		chat: chat, lines: bufio.NewScanner(chat),
	}
	log.Fatal(d.run(context.Background()))
}

func (d *driver) run(ctx context.Context) error {
	d.tell(map[string]any{"op": "hello"})
	welcome, err := d.next()
	if err != nil {
		return err
	}
	capabilities := &v1.Capabilities{MaxText: 120, TextUnit: "characters", Backfill: true, Reconcile: true}
	introduction := &v1.AttachChannelRequest{Name: d.channel, Title: welcome.Me, Capabilities: capabilities}
	stream, err := d.gateway.AttachChannel(ctx, introduction)
	if err != nil {
		return err
	}
	for stream.Receive() {
		switch frame := stream.Msg().Frame.(type) {
		case *v1.AttachChannelResponse_Attached:
			go d.read(ctx)
		case *v1.AttachChannelResponse_Delivery:
			d.deliver(frame.Delivery)
		}
	}
	return errors.Join(errors.New("the gateway ended the stream"), stream.Err())
}

func (d *driver) deliver(attempt *v1.DeliveryAttempt) {
	name := attempt.Delivery.Name
	d.mutex.Lock()
	d.attempts[name] = attempt.Attempt
	d.mutex.Unlock()
	if attempt.Settle {
		d.tell(map[string]any{"op": "find", "delivery": name})
		return
	}
	text := attempt.Delivery.Action.GetMessage().GetText()
	d.tell(map[string]any{"op": "send", "delivery": name, "text": text})
}

func (d *driver) read(ctx context.Context) {
	for {
		said, err := d.next()
		if err != nil {
			log.Fatal("the chat ended: ", err)
		}
		switch said.Op {
		case "message":
			err = d.report(ctx, said)
		case "sent", "refused", "found":
			err = d.complete(ctx, said)
		}
		if err != nil {
			log.Fatal(err)
		}
	}
}

func (d *driver) next() (said line, err error) {
	if !d.lines.Scan() {
		return said, errors.Join(io.EOF, d.lines.Err())
	}
	return said, json.Unmarshal(d.lines.Bytes(), &said)
}

// Hands in a message or a reaction, and only then tells the chat that we have it.
func (d *driver) report(ctx context.Context, said line) error {
	message := &v1.InboundMessage{
		PlatformId: said.ID, Address: "mia", Kind: v1.Conversation_KIND_DIRECT, SenderAddress: "mia", Text: said.Text,
	}
	if put := said.Reaction; put != nil {
		message.ReplyTo = put.To
		message.Reaction = &v1.InboundReaction{Emoji: put.Emoji, Remove: put.Remove}
	}
	_, err := d.gateway.ReportInbound(ctx, &v1.ReportInboundRequest{Channel: d.channel, Message: message})
	if err == nil {
		d.tell(map[string]any{"op": "kept", "number": said.Number})
	}
	return err
}

// Says what became of a delivery.
func (d *driver) complete(ctx context.Context, said line) error {
	d.mutex.Lock()
	request := &v1.CompleteDeliveryRequest{Name: said.Delivery, Attempt: d.attempts[said.Delivery]}
	d.mutex.Unlock()
	if said.Op == "sent" {
		said.IDs = []string{said.ID}
	}
	if len(said.IDs) > 0 {
		request.Result = &v1.CompleteDeliveryRequest_Sent{Sent: &v1.Sent{PlatformIds: said.IDs}}
	} else {
		request.Result = &v1.CompleteDeliveryRequest_Unsent{Unsent: &v1.Unsent{
			Message:    "the chat did not take it",
			Permanent:  said.Permanent,
			RetryAfter: durationpb.New(time.Duration(said.RetryAfterMs) * time.Millisecond),
		}}
	}
	_, err := d.gateway.CompleteDelivery(ctx, request)
	if connect.CodeOf(err) == connect.CodeFailedPrecondition {
		return nil // Another try has begun; what became of this one is of no interest.
	}
	return err
}

func (d *driver) tell(what map[string]any) {
	text, _ := json.Marshal(what)
	if _, err := d.chat.Write(append(text, '\n')); err != nil {
		log.Fatal(err)
	}
}

// Sends the token with every request.
type bearer string

func (token bearer) RoundTrip(request *http.Request) (*http.Response, error) {
	request = request.Clone(request.Context())
	request.Header.Set("Authorization", "Bearer "+string(token))
	return http.DefaultTransport.RoundTrip(request)
}
