// The calls of the scenario, whichever library makes them.
package main

import (
	"context"
	"crypto/x509"
	"fmt"
	"iter"
	"os"

	pb "polyglot/gen/openclaw/gateway/v1"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/protobuf/proto"
)

type unary[Request, Response any] func(context.Context, *Request) (*Response, error)
type stream[Request, Response any] func(context.Context, *Request) iter.Seq2[*Response, error]

// Made by openGrpc and openConnect.
type calls struct {
	getGateway    unary[pb.GetGatewayRequest, pb.GetGatewayResponse]
	createSession unary[pb.CreateSessionRequest, pb.CreateSessionResponse]
	getSession    unary[pb.GetSessionRequest, pb.GetSessionResponse]
	updateSession unary[pb.UpdateSessionRequest, pb.UpdateSessionResponse]
	appendMessage unary[pb.AppendMessageRequest, pb.AppendMessageResponse]
	getMessage    unary[pb.GetMessageRequest, pb.GetMessageResponse]
	createRun     unary[pb.CreateRunRequest, pb.CreateRunResponse]
	cancelRun     unary[pb.CancelRunRequest, pb.CancelRunResponse]
	watchRun      stream[pb.WatchRunRequest, pb.WatchRunResponse]
	listEvents    unary[pb.ListEventsRequest, pb.ListEventsResponse]
	watchEvents   stream[pb.WatchEventsRequest, pb.WatchEventsResponse]

	// Code in capitals, message and details of a failed call.
	explain func(error) (code, message string, details []proto.Message)
}

type tokenKey struct{}

// Calls in this context carry another token; none when it is empty.
func withToken(ctx context.Context, token string) context.Context {
	return context.WithValue(ctx, tokenKey{}, token)
}

func tokenOf(ctx context.Context, token string) string {
	if other, ok := ctx.Value(tokenKey{}).(string); ok {
		return other
	}
	return token
}

// What a failed call found; code OK when it did not fail.
func (c calls) failure(err error) findings {
	if err == nil {
		return findings{"code": "OK"}
	}
	code, message, details := c.explain(err)
	found := findings{"code": code, "message": message}
	for _, detail := range details {
		switch detail := detail.(type) {
		case *errdetails.ErrorInfo:
			found["reason"], found["domain"], found["metadata"] = detail.Reason, detail.Domain, detail.Metadata
		case *errdetails.BadRequest:
			fields := []string{}
			for _, violation := range detail.FieldViolations {
				fields = append(fields, violation.Field)
			}
			found["fields"] = fields
		}
	}
	return found
}

// Trusts the one certificate of the file and no other; nil without a file.
func trusted(caFile string) (*x509.CertPool, error) {
	if caFile == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(caFile)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate", caFile)
	}
	return pool, nil
}
