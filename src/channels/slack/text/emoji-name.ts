/** Slack's names of emoji. */

const names: Readonly<Record<string, string>> = {
  ...{ "👀": "eyes", "👍": "+1", "👎": "-1", "✅": "white_check_mark", "❌": "x", "❤": "heart", "🔥": "fire" },
  ...{ "🎉": "tada", "🙏": "pray", "😂": "joy", "😄": "smile", "😀": "grinning", "😢": "cry", "😮": "open_mouth" },
  ...{ "🤔": "thinking_face", "💯": "100", "🚀": "rocket", "👏": "clap", "👋": "wave", "🙌": "raised_hands" },
  ...{ "⏳": "hourglass_flowing_sand", "⌛": "hourglass", "⚠": "warning", "⭐": "star", "💡": "bulb", "📌": "pushpin" },
  ...{ "✨": "sparkles", "🤖": "robot_face", "💬": "speech_balloon", "✏": "pencil2", "🔄": "arrows_counterclockwise" },
  ...{ "👌": "ok_hand", "💪": "muscle", "😊": "blush", "😎": "sunglasses", "😍": "heart_eyes", "🥳": "partying_face" },
  ...{ "❓": "question", "❗": "exclamation", "🛑": "octagonal_sign", "🦞": "lobster", "🐛": "bug", "☕": "coffee" },
};

const emojis = new Map(Object.entries(names).map(([emoji, name]) => [name, emoji]));

/** The emoji Slack has this name for; ":name:" for what only Slack knows. */
export function emojiOf(name: string): string {
  const [plain = ""] = name.split("::", 1);
  return emojis.get(plain === "thumbsup" ? "+1" : plain === "thumbsdown" ? "-1" : plain) ?? `:${name}:`;
}

/** The name of an emoji, or what is one already, without colons; undefined when Slack's name is not known. */
export function emojiName(emoji: string): string | undefined {
  const plain = emoji.replace(/^:|:$/g, "");
  if (/^[a-z0-9_+'-]+(::skin-tone-[2-6])?$/.test(plain)) return plain;
  return names[emoji.replace(/\uFE0F/g, "")];
}
