"""The scenario of scenario.ts with grpcio: takes the task as JSON, prints one JSON line of findings a step."""

import json
import sys
import traceback
import uuid
from typing import Any, Callable, Iterator

import grpc
from google.protobuf.field_mask_pb2 import FieldMask
from google.rpc import error_details_pb2
from grpc_status import rpc_status
from openclaw.gateway.v1 import (
    event_pb2,
    event_service_pb2,
    event_service_pb2_grpc,
    gateway_pb2,
    gateway_service_pb2,
    gateway_service_pb2_grpc,
    message_pb2,
    options_pb2,
    run_pb2,
    run_service_pb2,
    run_service_pb2_grpc,
    session_pb2,
    session_service_pb2,
    session_service_pb2_grpc,
)

from output import RunText

Findings = dict[str, Any]


class Scenario:
    """The steps; each returns what it found. They run in the order of `steps`."""

    def __init__(self, task: Findings) -> None:
        self.task = task
        self.channel = open_channel(task)
        token = f"Bearer {task['token']}"
        self.metadata = [("authorization", token)]
        self.gateway = gateway_service_pb2_grpc.GatewayServiceStub(self.channel)
        self.sessions = session_service_pb2_grpc.SessionServiceStub(self.channel)
        self.runs = run_service_pb2_grpc.RunServiceStub(self.channel)
        self.events = event_service_pb2_grpc.EventServiceStub(self.channel)
        self.name = f"sessions/{task['session']}"
        self.cursor = ""

    def call(self, method: Any, request: Any, **options: Any) -> Any:
        return method(request, **{"metadata": self.metadata, "timeout": 20, **options})

    def step_gateway(self) -> Findings:
        answer = self.call(self.gateway.GetGateway, gateway_service_pb2.GetGatewayRequest())
        self.cursor = answer.cursor
        return {
            "state": gateway_pb2.Gateway.State.Name(answer.gateway.state),
            "principal": answer.caller.principal,
            "scopes": [options_pb2.Scope.Name(scope) for scope in answer.caller.scopes],
        }

    def step_create(self) -> Findings:
        # Labels in another order: the body of a repeated request is the same message, not the same bytes.
        labels = self.task["labels"]
        request_id = str(uuid.uuid4())
        first = self.create_session(labels, request_id)
        self.session = first.session
        try:
            repeated = self.create_session(dict(reversed(labels.items())), request_id)
        except grpc.RpcError as error:
            repeated = found_in(error)
        reused = self.failure(lambda: self.create_session({}, request_id))
        session = first.session
        return {
            "name": session.name,
            "title": session.title,
            "labels": dict(session.labels),
            "kind": session_pb2.Session.Kind.Name(session.kind),
            "generation": session.generation,
            "repeated": "the same" if repeated == first else str(repeated),
            "reused": reused,
        }

    def create_session(self, labels: dict[str, str], request_id: str) -> session_service_pb2.CreateSessionResponse:
        session = session_pb2.Session(title=self.task["title"], labels=labels)
        request = session_service_pb2.CreateSessionRequest(
            session=session, session_id=self.task["session"], request_id=request_id
        )
        return self.call(self.sessions.CreateSession, request)

    def step_run(self) -> Findings:
        request = self.run_request(self.task["ask"])
        first = self.call(self.runs.CreateRun, request)
        second = self.call(self.runs.CreateRun, request)
        self.run = first.run
        disposition = run_service_pb2.CreateRunResponse.Disposition.Name(first.disposition)
        return {"run": first.run.name, "disposition": disposition, "repeated": "the same" if first == second else str(second)}

    def run_request(self, text: str) -> run_service_pb2.CreateRunRequest:
        parts = [message_pb2.Part(text=text)]
        return run_service_pb2.CreateRunRequest(parent=self.name, parts=parts, request_id=str(uuid.uuid4()))

    def step_watch(self) -> Findings:
        return self.watched(self.run.name, RunText())

    def step_resume(self) -> Findings:
        run = self.call(self.runs.CreateRun, self.run_request(self.task["ask"])).run
        text = RunText()
        self.first_word(run.name, text)
        held = text.bytes()
        return {"heldBytes": held, **self.watched(run.name, text)}

    def step_cancel(self) -> Findings:
        run = self.call(self.runs.CreateRun, self.run_request(self.task["askForever"])).run
        first_frame = self.first_word(run.name, RunText())
        request = run_service_pb2.CancelRunRequest(name=run.name, reason=self.task["reason"])
        self.call(self.runs.CancelRun, request)
        return {**self.watched(run.name, RunText()), "firstFrame": first_frame}

    def first_word(self, name: str, text: RunText) -> str:
        """Breaks off as soon as something was said; the kind of the first frame."""
        stream = self.watch(name, text)
        first = ""
        for frame in stream:
            first = first or frame.WhichOneof("frame")
            if frame.WhichOneof("frame") == "delta":
                text.apply(frame.delta)
                break
        stream.cancel()
        return first

    def watch(self, name: str, text: RunText) -> Any:
        request = run_service_pb2.WatchRunRequest(name=name, held=text.held())
        return self.call(self.runs.WatchRun, request)

    def watched(self, name: str, text: RunText) -> Findings:
        """Watches to the end; compares what was streamed with what the transcript holds."""
        frames: list[str] = []
        first_offset = None
        run = run_pb2.Run()
        for frame in self.watch(name, text):
            kind = frame.WhichOneof("frame")
            frames.append(kind)
            if kind == "delta":
                first_offset = frame.delta.offset if first_offset is None else first_offset
                text.apply(frame.delta)
            elif kind == "run":
                run = frame.run
        get = session_service_pb2.GetMessageRequest
        outputs = [self.call(self.sessions.GetMessage, get(name=output)).message for output in run.outputs]
        return {
            "lastFrame": frames[-1],
            "deltas": frames.count("delta"),
            "firstOffset": first_offset,
            "state": run_pb2.Run.State.Name(run.state),
            "error": run.error.message,
            "text": text.text(),
            "transcript": "".join(part.text for message in outputs for part in message.parts),
            "truncated": any(message.truncated for message in outputs),
        }

    def step_big(self) -> Findings:
        text = self.task["bigWord"] * self.task["bigCount"]
        message = message_pb2.Message(role=message_pb2.Message.ROLE_USER, parts=[message_pb2.Part(text=text)])
        request = session_service_pb2.AppendMessageRequest(
            parent=self.name, message=message, request_id=str(uuid.uuid4())
        )
        appended = self.call(self.sessions.AppendMessage, request, compression=grpc.Compression.Gzip).message
        read = self.call(self.sessions.GetMessage, session_service_pb2.GetMessageRequest(name=appended.name)).message
        return {"bytes": len(read.parts[0].text.encode()), "same": read.parts[0].text == text}

    def step_errors(self) -> Findings:
        get = session_service_pb2.GetSessionRequest
        update = session_service_pb2.UpdateSessionRequest
        watch_run = run_service_pb2.WatchRunRequest
        watch_events = event_service_pb2.WatchEventsRequest
        create = session_service_pb2.CreateSessionRequest
        wrong = session_pb2.Session(title="x" * 257, labels={"NOT A KEY": ""})
        invalid = create(session=wrong, request_id=str(uuid.uuid4()))
        stale = session_pb2.Session(name=self.name, title="other", etag=self.session.etag)
        mask = FieldMask(paths=["title"])
        wrong_token = [("authorization", f"Bearer {self.task['wrongToken']}")]
        calls: dict[str, Callable[[], Any]] = {
            "notFound": lambda: self.call(self.sessions.GetSession, get(name="sessions/nobody")),
            "invalid": lambda: self.call(self.sessions.CreateSession, invalid),
            "etag": lambda: self.call(self.sessions.UpdateSession, update(session=stale, update_mask=mask)),
            "wrongToken": lambda: self.call(self.sessions.GetSession, get(name=self.name), metadata=wrong_token),
            "noToken": lambda: self.call(self.sessions.GetSession, get(name=self.name), metadata=[]),
            "stream": lambda: list(self.call(self.runs.WatchRun, watch_run(name=f"{self.name}/runs/no"))),
            "deadline": lambda: list(self.call(self.events.WatchEvents, watch_events(), timeout=0.3)),
        }
        return {name: self.failure(call) for name, call in calls.items()}

    def failure(self, call: Callable[[], Any]) -> Findings:
        try:
            call()
        except grpc.RpcError as error:
            return found_in(error)
        return {"code": "OK"}

    def step_events(self) -> Findings:
        subjects = [self.name, self.name + "/**"]
        seen: list[event_pb2.Event] = []
        request = event_service_pb2.WatchEventsRequest(cursor=self.cursor, subjects=subjects)
        first_frame, cursor = self.read_events(request, seen, lambda: len(seen) > 0)
        held = len(seen)
        title = "changed meanwhile"
        session = session_pb2.Session(name=self.name, title=title)
        self.call(self.sessions.UpdateSession, session_service_pb2.UpdateSessionRequest(session=session))
        resumed = event_service_pb2.WatchEventsRequest(cursor=cursor, subjects=subjects)
        self.read_events(resumed, seen, lambda: seen[-1].session.title == title)
        return {
            "firstFrame": first_frame,
            "held": held,
            "watched": [event.sequence for event in seen],
            "listed": self.list_events(subjects),
            "first": event_pb2.Event.Change.Name(seen[0].change) + " " + seen[0].subject,
            "last": seen[-1].session.title,
            "kinds": sorted({event.WhichOneof("resource") for event in seen}),
            "actor": seen[0].actor,
        }

    def read_events(self, request: Any, seen: list[event_pb2.Event], enough: Callable[[], bool]) -> tuple[str, str]:
        """Reads until there is enough, then breaks off; the kind of the first frame, and where to continue."""
        stream = self.call(self.events.WatchEvents, request)
        cursor, first = request.cursor, ""
        for frame in stream:
            first = first or frame.WhichOneof("frame")
            if frame.WhichOneof("frame") == "batch":
                seen.extend(frame.batch.events)
                cursor = frame.batch.cursor
            if enough():
                break
        stream.cancel()
        return first, cursor

    def list_events(self, subjects: list[str]) -> list[int]:
        request = event_service_pb2.ListEventsRequest(cursor=self.cursor, subjects=subjects, page_size=3)
        sequences: list[int] = []
        while True:
            page = self.call(self.events.ListEvents, request)
            sequences += [event.sequence for event in page.events]
            request.cursor = page.cursor
            if page.at_end:
                return sequences

    def findings(self) -> Iterator[Findings]:
        for step in ["gateway", "create", "run", "watch", "resume", "cancel", "big", "errors", "events"]:
            try:
                yield {"step": step, **getattr(self, f"step_{step}")()}
            except Exception:
                yield {"step": step, "crash": traceback.format_exc()}


def open_channel(task: Findings) -> grpc.Channel:
    if "caFile" not in task:
        return grpc.insecure_channel(task["target"])
    with open(task["caFile"], "rb") as file:
        return grpc.secure_channel(task["target"], grpc.ssl_channel_credentials(file.read()))


def found_in(error: Any) -> Findings:
    found: Findings = {"code": error.code().name, "message": error.details()}
    status = rpc_status.from_call(error)
    for detail in status.details if status else []:
        info = error_details_pb2.ErrorInfo()
        bad = error_details_pb2.BadRequest()
        if detail.Unpack(info):
            found |= {"reason": info.reason, "domain": info.domain, "metadata": dict(info.metadata)}
        elif detail.Unpack(bad):
            found["fields"] = [violation.field for violation in bad.field_violations]
    return found


for line in Scenario(json.loads(sys.argv[1])).findings():
    print(json.dumps(line), flush=True)
