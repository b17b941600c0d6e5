/**
 * The client of an OpenClaw Gateway, for Node and browsers: typed calls that retry what may be retried, and streams that
 * survive a broken connection. This file is the package's entry: everything a program needs is exported here by name;
 * schemas and messages that are not are under "openclaw-gateway/gen/…".
 */

export { Code, ConnectError } from "@connectrpc/connect";
export {
  type Device,
  DeviceSchema,
  type PairingRequest,
  PairingRequest_State,
  PairingRequestSchema,
  type Token,
  TokenSchema,
} from "../../gen/openclaw/gateway/v1/access_pb.ts";
export { AccessService } from "../../gen/openclaw/gateway/v1/access_service_pb.ts";
export { type Model, ModelSchema } from "../../gen/openclaw/gateway/v1/agent_pb.ts";
export { AgentService } from "../../gen/openclaw/gateway/v1/agent_service_pb.ts";
export { BlobService } from "../../gen/openclaw/gateway/v1/blob_service_pb.ts";
export {
  type Backup,
  type BackupSummary,
  type Finding,
  Finding_Severity,
} from "../../gen/openclaw/gateway/v1/care_pb.ts";
export { CareService } from "../../gen/openclaw/gateway/v1/care_service_pb.ts";
export { ChannelDriverService } from "../../gen/openclaw/gateway/v1/channel_driver_service_pb.ts";
export {
  type Channel,
  Channel_State,
  type Conversation,
  type Sender,
} from "../../gen/openclaw/gateway/v1/channel_pb.ts";
export { ChannelService } from "../../gen/openclaw/gateway/v1/channel_service_pb.ts";
export { ChannelSettingsService } from "../../gen/openclaw/gateway/v1/channel_settings_service_pb.ts";
export {
  type Config,
  type ConfigChange,
  ConfigChange_Effect,
  ConfigChange_Outcome,
  type ConfigRevision,
} from "../../gen/openclaw/gateway/v1/config_pb.ts";
export { ConfigService } from "../../gen/openclaw/gateway/v1/config_service_pb.ts";
export { type Delivery, Delivery_State, DeliverySchema } from "../../gen/openclaw/gateway/v1/delivery_pb.ts";
export { DeliveryService } from "../../gen/openclaw/gateway/v1/delivery_service_pb.ts";
export { ErrorReason } from "../../gen/openclaw/gateway/v1/errors_pb.ts";
export {
  type Bookmark,
  type Event,
  Event_Change,
  EventSchema,
  type Signal,
} from "../../gen/openclaw/gateway/v1/event_pb.ts";
export { EventService } from "../../gen/openclaw/gateway/v1/event_service_pb.ts";
export { ExplainService, type ExplainStep } from "../../gen/openclaw/gateway/v1/explain_service_pb.ts";
export {
  type Caller,
  type Client as GatewayConnection,
  type Gateway,
  Gateway_State,
  GatewaySchema,
  type Limits,
  type UsageRow,
} from "../../gen/openclaw/gateway/v1/gateway_pb.ts";
export { GatewayService } from "../../gen/openclaw/gateway/v1/gateway_service_pb.ts";
export {
  type InboundMessage,
  type Ingress,
  Ingress_Outcome,
  IngressSchema,
} from "../../gen/openclaw/gateway/v1/inbound_pb.ts";
export { IngressService } from "../../gen/openclaw/gateway/v1/ingress_service_pb.ts";
export {
  type Attachment,
  type Message,
  Message_Role,
  MessageSchema,
  type Part,
  type ToolResult,
  type ToolUse,
} from "../../gen/openclaw/gateway/v1/message_pb.ts";
export { Scope } from "../../gen/openclaw/gateway/v1/options_pb.ts";
export {
  type Delta,
  Delta_Channel,
  type Run,
  Run_State,
  Run_StopReason,
  Run_Trigger,
  RunSchema,
  type ToolCall,
  ToolCall_State,
  ToolCallSchema,
  type Usage,
} from "../../gen/openclaw/gateway/v1/run_pb.ts";
export {
  CreateRunRequest_QueueMode,
  CreateRunResponse_Disposition,
  RunService,
} from "../../gen/openclaw/gateway/v1/run_service_pb.ts";
export {
  type RunSettings,
  type Session,
  Session_Kind,
  SessionSchema,
} from "../../gen/openclaw/gateway/v1/session_pb.ts";
export { SessionService } from "../../gen/openclaw/gateway/v1/session_service_pb.ts";
export { createGatewayClient, type GatewayClient, type GatewayClientOptions } from "./client.ts";
export type { EventStep, FollowEventsOptions } from "./follow-events.ts";
export { isRunOver, type RunStep } from "./follow-run.ts";
export { CursorLostError, GatewayError, type GatewayErrorViolation, gatewayErrorFrom } from "./gateway-error.ts";
export type { FollowOptions } from "./reopening-stream.ts";
export { RunText, type TextBlock, type TextChange } from "./run-text.ts";
export type { FileToUpload } from "./upload-file.ts";
