/** Buttons as they are typed: a row each time, "Yes=yes|No=no". */

import { create } from "@bufbuild/protobuf";
import {
  type Button,
  type ButtonRow,
  ButtonRowSchema,
  ButtonSchema,
} from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { UsageError } from "../command/usage-error.ts";

/** The option of commands that send buttons. */
export const buttonOption = {
  kind: "list",
  value: "row",
  help: "a row of buttons, 'Yes=yes|No=no': what stands on each, and what is said by who presses it; or a web address",
} as const;

/** The rows. Fails with UsageError for a button nothing stands on. */
export function buttonRows(rows: readonly string[]): ButtonRow[] {
  return rows.map((row) => create(ButtonRowSchema, { buttons: row.split("|").map(buttonFrom) }));
}

function buttonFrom(typed: string): Button {
  const [, label = "", given] = /^([^=]*)(?:=(.*))?$/s.exec(typed) ?? [];
  const text = label.trim();
  if (text === "") throw new UsageError(`nothing stands on the button "${typed}"`, "write: --button 'Yes=yes|No=no'");
  const value = given?.trim() || text;
  const isAddress = /^https?:\/\//i.test(value);
  return create(ButtonSchema, { text, press: isAddress ? { case: "url", value } : { case: "data", value } });
}
