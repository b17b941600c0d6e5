/** The services every gRPC server is expected to have beside its own: health and reflection. */

import type { DescService } from "@bufbuild/protobuf";
import type { ConnectRouter } from "@connectrpc/connect";
import { ServerReflection } from "../../../gen/grpc/reflection/v1/reflection_pb.ts";
import { ServerReflection as ServerReflectionAlpha } from "../../../gen/grpc/reflection/v1alpha/reflection_pb.ts";
import { Health } from "../../../gen/health/v1/health_pb.ts";
import type { ServerState } from "../server-options.ts";
import { DescriptorIndex } from "./descriptor-index.ts";
import { HealthService } from "./health.ts";
import { ReflectionService } from "./reflection.ts";

type Routes = (router: ConnectRouter) => void;

/** Registers what `routes` registers, and health and reflection of all of it. */
export function withStandardServices(routes: Routes, state: () => ServerState["state"]): Routes {
  return (router) => {
    routes(router);
    const all = (): DescService[] => [...new Set(router.handlers.map((handler) => handler.service))];
    const reflection = new ReflectionService(new DescriptorIndex(all));
    const health = new HealthService({ state, services: () => all().map((service) => service.typeName) });
    router.service(Health, health);
    router.service(ServerReflection, { serverReflectionInfo: (requests) => reflection.answer(requests) });
    // The two versions differ in nothing but the name of their package, which is what the type checker sees.
    const alphaAnswer = (requests: Parameters<ReflectionService["answer"]>[0]): AsyncIterable<never> =>
      reflection.answer(requests) as AsyncIterable<unknown> as AsyncIterable<never>;
    router.service(ServerReflectionAlpha, { serverReflectionInfo: alphaAnswer });
  };
}
