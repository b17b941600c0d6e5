// The scenario of scenario.ts in Go: takes the name of a client and the task as JSON, prints one JSON line of findings a
// step. The clients: "grpc-go", and connect-go with "connect", "grpc" and "grpcweb", each over "h1" or "h2" ("connect-h1").
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// What a client is told; see Task in scenario.ts.
type task struct {
	URL, Target, CaFile, Token, WrongToken, Session, Title, Ask, AskForever, Reason, BigWord string

	Labels   map[string]string
	BigCount int
}

type findings = map[string]any

func main() {
	if len(os.Args) != 3 {
		fail(fmt.Errorf("usage: %s CLIENT TASK", os.Args[0]))
	}
	var given task
	if err := json.Unmarshal([]byte(os.Args[2]), &given); err != nil {
		fail(err)
	}
	calls, err := open(os.Args[1], given)
	if err != nil {
		fail(err)
	}
	output := json.NewEncoder(os.Stdout)
	play(&scenario{task: given, calls: calls}, func(found findings) {
		if err := output.Encode(found); err != nil {
			fail(err)
		}
	})
}

func open(client string, given task) (calls, error) {
	if client == "grpc-go" {
		return openGrpc(given)
	}
	protocol, version, _ := strings.Cut(client, "-")
	return openConnect(protocol, version, given)
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
