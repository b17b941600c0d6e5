// The calls over connect-go, in any of its protocols.
package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"iter"
	"net/http"

	"polyglot/gen/openclaw/gateway/v1/gatewayv1connect"

	"connectrpc.com/connect"
	"google.golang.org/genproto/googleapis/rpc/code"
	"google.golang.org/protobuf/proto"
)

func openConnect(protocol, version string, given task) (calls, error) {
	client, err := httpClient(version, given.CaFile)
	if err != nil {
		return calls{}, err
	}
	options := []connect.ClientOption{connect.WithSendGzip(), connect.WithCompressMinBytes(1024)}
	switch protocol {
	case "connect":
		options = append(options, connect.WithHTTPGet())
	case "grpc":
		options = append(options, connect.WithGRPC())
	case "grpcweb":
		options = append(options, connect.WithGRPCWeb())
	default:
		return calls{}, fmt.Errorf("no protocol is called %q", protocol)
	}
	options = append(options, connect.WithInterceptors(bearer{given.Token}))
	gateway := gatewayv1connect.NewGatewayServiceClient(client, given.URL, options...)
	sessions := gatewayv1connect.NewSessionServiceClient(client, given.URL, options...)
	runs := gatewayv1connect.NewRunServiceClient(client, given.URL, options...)
	events := gatewayv1connect.NewEventServiceClient(client, given.URL, options...)
	return calls{
		getGateway:    gateway.GetGateway,
		createSession: sessions.CreateSession,
		getSession:    sessions.GetSession,
		updateSession: sessions.UpdateSession,
		appendMessage: sessions.AppendMessage,
		getMessage:    sessions.GetMessage,
		createRun:     runs.CreateRun,
		cancelRun:     runs.CancelRun,
		watchRun:      connectStream(runs.WatchRun),
		listEvents:    events.ListEvents,
		watchEvents:   connectStream(events.WatchEvents),
		explain:       explainConnect,
	}, nil
}

func httpClient(version, caFile string) (*http.Client, error) {
	pool, err := trusted(caFile)
	if err != nil {
		return nil, err
	}
	protocols := new(http.Protocols)
	switch {
	case version == "h1":
		protocols.SetHTTP1(true)
	case version == "h2" && pool != nil:
		protocols.SetHTTP2(true)
	case version == "h2":
		protocols.SetUnencryptedHTTP2(true)
	default:
		return nil, fmt.Errorf("no version of HTTP is called %q", version)
	}
	transport := &http.Transport{Protocols: protocols, TLSClientConfig: &tls.Config{RootCAs: pool}}
	return &http.Client{Transport: transport}, nil
}

// Puts the token on every call.
type bearer struct{ token string }

func (b bearer) WrapUnary(next connect.UnaryFunc) connect.UnaryFunc {
	return func(ctx context.Context, request connect.AnyRequest) (connect.AnyResponse, error) {
		b.authorize(ctx, request.Header())
		return next(ctx, request)
	}
}

func (b bearer) WrapStreamingClient(next connect.StreamingClientFunc) connect.StreamingClientFunc {
	return func(ctx context.Context, spec connect.Spec) connect.StreamingClientConn {
		connection := next(ctx, spec)
		b.authorize(ctx, connection.RequestHeader())
		return connection
	}
}

func (b bearer) WrapStreamingHandler(next connect.StreamingHandlerFunc) connect.StreamingHandlerFunc {
	return next
}

func (b bearer) authorize(ctx context.Context, header http.Header) {
	if token := tokenOf(ctx, b.token); token != "" {
		header.Set("Authorization", "Bearer "+token)
	}
}

type connectMethod[Request, Response any] func(context.Context, *Request) (*connect.ServerStreamForClient[Response], error)

func connectStream[Request, Response any](open connectMethod[Request, Response]) stream[Request, Response] {
	return func(ctx context.Context, request *Request) iter.Seq2[*Response, error] {
		return func(yield func(*Response, error) bool) {
			// Close would first read the stream to its end.
			ctx, cancel := context.WithCancel(ctx)
			defer cancel()
			frames, err := open(ctx, request)
			if err != nil {
				yield(nil, err)
				return
			}
			for frames.Receive() {
				if !yield(frames.Msg(), nil) {
					return
				}
			}
			if err := frames.Err(); err != nil {
				yield(nil, err)
			}
		}
	}
}

func explainConnect(err error) (string, string, []proto.Message) {
	var failed *connect.Error
	if !errors.As(err, &failed) {
		return "UNKNOWN", err.Error(), nil
	}
	details := []proto.Message{}
	for _, detail := range failed.Details() {
		if message, err := detail.Value(); err == nil {
			details = append(details, message)
		}
	}
	return code.Code(failed.Code()).String(), failed.Message(), details
}
