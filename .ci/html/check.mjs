// Reads {address: HTML} from standard input, writes {address: ["line:column rule: message"]} of those that are not valid.
import { readFileSync } from "node:fs";
import { FileSystemConfigLoader, HtmlValidate } from "html-validate";

// Validity and accessibility. How a page is laid out is ours, and a policy of the server forbids what is inline.
const config = {
  root: true,
  extends: ["html-validate:standard", "html-validate:a11y"],
  rules: {
    "void-style": "off",
    // Debatable by the rules' own account, or a matter of style.
    "long-title": "off",
    "no-trailing-whitespace": "off",
    "no-redundant-role": "off",
    "prefer-native-element": "off",
    "text-content": "error",
    "tel-non-breaking": "off",
    "require-sri": "off",
  },
};

const validator = new HtmlValidate(new FileSystemConfigLoader(config));
const found = {};
for (const [address, html] of Object.entries(JSON.parse(readFileSync(0, "utf8")))) {
  const report = await validator.validateString(html, config);
  const messages = report.results.flatMap(({ messages }) => messages);
  if (messages.length) {
    found[address] = messages.map(({ line, column, ruleId, message }) => `${line}:${column} ${ruleId}: ${message}`);
  }
}
process.stdout.write(JSON.stringify(found));
