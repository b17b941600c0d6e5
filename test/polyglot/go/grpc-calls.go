// The calls over grpc-go.
package main

import (
	"context"
	"io"
	"iter"

	pb "polyglot/gen/openclaw/gateway/v1"

	"google.golang.org/genproto/googleapis/rpc/code"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/encoding/gzip"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

func openGrpc(given task) (calls, error) {
	transport := insecure.NewCredentials()
	pool, err := trusted(given.CaFile)
	if err != nil {
		return calls{}, err
	}
	if pool != nil {
		transport = credentials.NewClientTLSFromCert(pool, "")
	}
	authorize := func(ctx context.Context) context.Context {
		if token := tokenOf(ctx, given.Token); token != "" {
			return metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+token)
		}
		return ctx
	}
	connection, err := grpc.NewClient(given.Target, grpc.WithTransportCredentials(transport),
		grpc.WithUnaryInterceptor(func(ctx context.Context, method string, req, res any, cc *grpc.ClientConn,
			invoke grpc.UnaryInvoker, options ...grpc.CallOption) error {
			return invoke(authorize(ctx), method, req, res, cc, options...)
		}),
		grpc.WithStreamInterceptor(func(ctx context.Context, desc *grpc.StreamDesc, cc *grpc.ClientConn, method string,
			open grpc.Streamer, options ...grpc.CallOption) (grpc.ClientStream, error) {
			return open(authorize(ctx), desc, cc, method, options...)
		}))
	if err != nil {
		return calls{}, err
	}
	gateway := pb.NewGatewayServiceClient(connection)
	sessions := pb.NewSessionServiceClient(connection)
	runs := pb.NewRunServiceClient(connection)
	events := pb.NewEventServiceClient(connection)
	return calls{
		getGateway:    grpcUnary(gateway.GetGateway),
		createSession: grpcUnary(sessions.CreateSession),
		getSession:    grpcUnary(sessions.GetSession),
		updateSession: grpcUnary(sessions.UpdateSession),
		appendMessage: grpcUnary(sessions.AppendMessage, grpc.UseCompressor(gzip.Name)),
		getMessage:    grpcUnary(sessions.GetMessage),
		createRun:     grpcUnary(runs.CreateRun),
		cancelRun:     grpcUnary(runs.CancelRun),
		watchRun:      grpcStream(runs.WatchRun),
		listEvents:    grpcUnary(events.ListEvents),
		watchEvents:   grpcStream(events.WatchEvents),
		explain:       explainGrpc,
	}, nil
}

type grpcMethod[Request, Response any] func(context.Context, *Request, ...grpc.CallOption) (Response, error)

func grpcUnary[Request, Response any](call grpcMethod[Request, *Response], options ...grpc.CallOption) unary[Request, Response] {
	return func(ctx context.Context, request *Request) (*Response, error) { return call(ctx, request, options...) }
}

func grpcStream[Request, Response any](open grpcMethod[Request, grpc.ServerStreamingClient[Response]]) stream[Request, Response] {
	return func(ctx context.Context, request *Request) iter.Seq2[*Response, error] {
		return func(yield func(*Response, error) bool) {
			ctx, cancel := context.WithCancel(ctx)
			defer cancel()
			frames, err := open(ctx, request)
			for err == nil {
				var frame *Response
				if frame, err = frames.Recv(); err == nil && !yield(frame, nil) {
					return
				}
			}
			if err != io.EOF {
				yield(nil, err)
			}
		}
	}
}

func explainGrpc(err error) (string, string, []proto.Message) {
	failed := status.Convert(err)
	details := []proto.Message{}
	for _, detail := range failed.Details() {
		if message, ok := detail.(proto.Message); ok {
			details = append(details, message)
		}
	}
	return code.Code(failed.Code()).String(), failed.Message(), details
}
