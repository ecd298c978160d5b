"""Known vulnerabilities in what is installed. Fails on one found; says so, and passes, where nobody could be asked."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

with tempfile.TemporaryDirectory() as folder:
    report = Path(folder) / "audit.json"
    command = [sys.executable, "-m", "pip_audit", "--local", "--progress-spinner", "off", "--timeout", "10"]
    run = subprocess.run(
        [*command, "--format", "json", "--output", str(report)], capture_output=True, text=True, timeout=300
    )
    if not report.exists():
        last = (run.stderr.strip().splitlines() or ["no word"])[-1]
        print(f"pip-audit: NOT CHECKED. The vulnerability service could not be reached ({last[:200]}).")
        sys.exit(0)
    packages = json.loads(report.read_text())["dependencies"]

unknown = [package["name"] for package in packages if "skip_reason" in package]
found = [(package, vuln) for package in packages for vuln in package.get("vulns", [])]
for package, vuln in found:
    mended = ", ".join(vuln.get("fix_versions", [])) or "no version yet"
    print(f"pip-audit: {package['name']} {package['version']}: {vuln['id']}, mended in {mended}.")
if len(unknown) == len(packages):
    print(f"pip-audit: NOT CHECKED. The vulnerability service knows none of {len(packages)} packages from here.")
else:
    print(f"pip-audit: {len(packages) - len(unknown)} packages checked, {len(found)} vulnerabilities known.")
    if unknown:
        print(f"pip-audit: not checked: {', '.join(unknown)}.")
sys.exit(1 if found else 0)
