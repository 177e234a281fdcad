# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
"""Results of subtests: from the stream of guest.sh to igt's result words, results.json, one HTML page and TAP."""
import html
import json
import pathlib
import re

# Kernel messages that are no sign of a mistake: in which subtests, which, why.
HARMLESS = (
    ("", "rk_iommu", "the kernel's IOMMU driver reports every page fault as an error"),
    ("", "callbacks suppressed", "rate limiting"),
    ("", "printk messages dropped", "a slow console"),
    ("", "loading out-of-tree module taints kernel", "the driver is one"),
    ("", "arm-scmi|scmi_protocol", "firmware that answers late on a busy host"),
    ("", "rockchip-pm-domain", "the kernel's power domain driver, its device links and what it says of a domain that is stuck"),
    ("", "PM: ", "the suspend test mode is called a test at warning level"),
    ("oom|memory-pressure", "oom|Out of memory|Killed process", "memory is exhausted on purpose"),
    ("oom-kill", r"Memory cgroup|CPU: |Tainted: |Hardware name: |Call trace:|\]  \w+\+0x", "a report of who was killed, and how it came to it"),
    ("no-power", "no power", "it is taken away"),
    ("timeout-parameter", "invalid for parameter", "a value out of range is refused"),
    ("reset-stuck", "reset failed", "the reset does nothing"),
    ("fault-injection|probe-fail", "", "allocations fail in any part of the kernel; a report would still end the machine"),
)
WARNING = 4
RAW = re.compile(r"^<(\d+)>")
# Lines of stderr that any program prints
QUIET = re.compile(r"^$|^(Starting|Dynamic subtest|Subtest|IGT-Version|Using IGT_SRANDOM)")
WORDS = {"SUCCESS": "pass", "SKIP": "skip", "FAIL": "fail", "CRASH": "crash"}
EXIT_ABORT = 112
GOOD = ("pass", "skip")


class Result:
    def __init__(self, name):
        self.name, self.word, self.status, self.start, self.end = name, "notrun", None, 0.0, 0.0
        self.out, self.err, self.dmesg = [], [], []

    @property
    def seconds(self):
        return max(0.0, self.end - self.start)

    def warnings(self):
        allowed = re.compile("|".join(message for subtest, message, _ in HARMLESS if re.search(subtest, self.name)))
        for line in self.dmesg:
            level = RAW.match(line)
            if level and int(level[1]) % 8 <= WARNING and not allowed.search(line):
                yield line

    def judge(self, limit):
        """The word that igt's runner would find."""
        subtest = self.name.rpartition("@")[2]
        found = [m[1] for m in (re.match(rf"^Subtest {re.escape(subtest)}: (\w+)", line) for line in self.out) if m]
        if self.status is None:
            self.word = "incomplete"
        elif found and found[-1] in WORDS:
            self.word = WORDS[found[-1]]
            if self.word == "pass" and any(not QUIET.match(line) for line in self.err):
                self.word = "warn"
        elif self.status == EXIT_ABORT:
            self.word = "abort"
        else:
            self.word = "timeout" if self.seconds >= limit else "incomplete"
        if self.word in ("pass", "warn", "fail") and any(self.warnings()):
            self.word = "dmesg-fail" if self.word == "fail" else "dmesg-warn"

    def cause(self):
        """Why it was skipped: what was printed last."""
        said = [line for line in self.out if line.strip() and not QUIET.match(line)]
        return said[-1].strip() if said else "no cause given"

    def why(self):
        """Lines that explain a failure."""
        lines = [re.sub(r"^\(\S+:\d+\) ", "", line) for line in self.err if "CRITICAL" in line or "WARNING" in line]
        lines = list(dict.fromkeys(lines)) or self.err[-10:]
        return lines[:12] + list(self.warnings())[:8]

    def as_igt(self):
        entry = {"out": "\n".join(self.out), "err": "\n".join(self.err), "dmesg": "\n".join(self.dmesg),
                 "igt-version": next((line for line in self.out if line.startswith("IGT-Version")), ""),
                 "result": self.word, "time": {"__type__": "TimeAttribute", "start": self.start, "end": self.end}}
        warnings = list(self.warnings())
        if warnings:
            entry["dmesg-warnings"] = "\n".join(warnings)
        return entry


def read_stream(path, results, limit):
    """Fill results from a stream; return the kernel's name and whether the list was run to its end."""
    uname, current, done = "", None, False
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else ():
        word, _, text = line.partition(" ")
        if word == "@uname":
            uname = text
        elif word == "@start":
            name, _, start = text.rpartition(" ")
            current = results[name]
            current.start = current.end = float(start)
            current.word = "incomplete"
        elif word == "@end" and current:
            status, end = text.split()
            current.status, current.end = int(status), float(end)
            current.judge(limit)
            current = None
        elif word == "@done":
            done = True
        elif current and word in ("o", "e", "d"):
            {"o": current.out, "e": current.err, "d": current.dmesg}[word].append(text)
    return uname, done


def counts(results):
    words = {}
    for r in results:
        words[r.word] = words.get(r.word, 0) + 1
    return words


def write_json(path, results, uname, start, end):
    by_program = {}
    for r in results:
        by_program.setdefault(r.name.partition("@")[0], []).append(r)
    data = {
        "__type__": "TestrunResult", "results_version": 10, "name": path.parent.name, "uname": uname,
        "time_elapsed": {"__type__": "TimeAttribute", "start": start, "end": end},
        "tests": {f"igt@{r.name}": r.as_igt() for r in results},
        "totals": {"": counts(results), "root": counts(results),
                   **{f"igt@{program}": counts(rs) for program, rs in by_program.items()}},
        "runtimes": {f"igt@{program}": {"time": {"__type__": "TimeAttribute", "start": 0.0,
                                                 "end": sum(r.seconds for r in rs)}} for program, rs in by_program.items()},
    }
    path.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


STYLE = """body{font:14px sans-serif;margin:2em}table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:2px 8px;
border-bottom:1px solid #ddd;vertical-align:top}pre{white-space:pre-wrap;font-size:12px;background:#f6f6f6;padding:6px}
.pass{color:#060}.skip{color:#777}.bad{color:#b00;font-weight:bold}"""


def write_html(path, results, uname, seconds):
    rows = []
    for r in results:
        kind = r.word if r.word in GOOD else "bad"
        parts = "".join(f"<b>{title}</b><pre>{html.escape(chr(10).join(lines))}</pre>"
                        for title, lines in (("output", r.out), ("errors", r.err), ("kernel", r.dmesg)) if lines)
        rows.append(f"<tr><td>{html.escape(r.name)}</td><td class={kind}>{r.word}</td><td>{r.seconds:.2f} s</td>"
                    f"<td><details><summary>{html.escape(r.cause() if r.word == 'skip' else '')}</summary>{parts}</details>"
                    "</td></tr>")
    summary = ", ".join(f"{n} {word}" for word, n in sorted(counts(results).items()))
    path.write_text(f"<!doctype html><meta charset=utf-8><title>rocket igt</title><style>{STYLE}</style>"
                    f"<h1>rocket igt: {summary}</h1><p>{html.escape(uname)}; {seconds:.0f} s</p>"
                    "<table><tr><th>subtest<th>result<th>time<th>details</tr>" + "\n".join(rows) + "</table>\n",
                    encoding="utf-8")


def read_expectations(folder, name):
    """(fails: {name: result}, skips: [regex], flakes: {name}) in the form of the kernel's drm-ci."""
    def lines(kind):
        path = pathlib.Path(folder) / f"{name}-{kind}.txt"
        for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
            line = line.partition("#")[0].strip()
            if line:
                yield line

    fails = dict(line.rsplit(",", 1) for line in lines("fails"))
    return fails, [re.compile(line) for line in lines("skips")], set(lines("flakes"))


def read_unmet(folder, name):
    """{name: cause}: which subtests skip, and a regular expression of what they say; None: nobody knows."""
    path = pathlib.Path(folder) / f"{name}-unmet.txt"
    if not path.exists():
        return None
    lines = (line.partition("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    return {name: cause.strip() for name, _, cause in (line.partition(",") for line in lines if line)}


def surprise(result, fails, flakes, unmet):
    """What is wrong with a result, if anything."""
    if result.name in flakes:
        return None
    if result.name in fails:
        return "an improvement: take it out of the list of failures" if result.word in GOOD else None
    if result.word not in GOOD:
        return f"result: {result.word}, exit status {result.status}, {result.seconds:.1f} s"
    if unmet is None:
        return None
    if result.word != "skip":
        return "an improvement: take it out of the list of what is missing" if result.name in unmet else None
    if result.name not in unmet or not re.search(unmet[result.name], result.cause()):
        return f"skipped, which nobody expects here: {result.cause()}"
    return None


def print_tap(results, fails, flakes, unmet=None, cases=0):
    """Go on after some cases. Return: the number of results that nobody expected."""
    bad = 0
    for number, r in enumerate(results, cases + 1):
        wrong = surprise(r, fails, flakes, unmet)
        good = not wrong
        if wrong:
            print("\n".join([*r.why(), wrong] if r.word not in GOOD else [wrong]))
        bad += not good
        skip = f" # SKIP {r.cause()}" if r.word == "skip" and good else ""
        print(f"{'ok' if good else 'not ok'} {number} - {r.name}{skip}")
    print(f"1..{cases + len(results)}", flush=True)
    return bad


def expand(name, comment):
    """A name with %s or %d stands for one with each of the values that the comment lists as arg[1], arg[2]..."""
    names = [name]
    for number in range(1, len(re.findall("%[sd]", name)) + 1):
        values = re.search(rf"arg\[{number}\]:((?:\s*\*\s*@\S+:.*)+)", comment)
        names = [re.sub("%[sd]", value, n, count=1)
                 for n in names for value in (re.findall(r"@(\S+?):", values[1]) if values else ["%s"])]
    return names


def documented(sources):
    """{program: [subtests]} from the SUBTEST blocks of the sources. igt_doc.py takes the file's name for the program's."""
    found = {}
    for path in sorted(pathlib.Path(sources).glob("rocket_*.c")):
        for comment in re.findall(r"/\*\*.*?\*/", path.read_text(encoding="utf-8"), re.DOTALL):
            for name in re.findall(r"SUBTEST: (\S+)", comment):
                found.setdefault(path.stem, []).extend(expand(name, comment))
    return found


def headless(sources):
    """Lines about sources that describe subtests, but not above them the program."""
    for path in sorted(pathlib.Path(sources).glob("rocket_*.c")):
        head, found, _ = path.read_text(encoding="utf-8").partition(" * SUBTEST: ")
        if found and "\n * TEST: " not in head:
            yield f"{path.name}: SUBTEST without TEST: before it; describe subtests in the file of their program"


def compare_documents(sources, names):
    """Lines about subtests that are described but do not exist, or the other way round."""
    listed = {}
    for name in names:
        program, _, subtest = name.partition("@")
        listed.setdefault(program.rpartition("/")[2], []).append(subtest)
    described = documented(sources)
    yield from headless(sources)
    for program in sorted(set(listed) | set(described)):
        have, want = described.get(program, []), listed.get(program, [])
        yield from (f"{program}@{s}: no SUBTEST block" for s in want if s not in have)
        yield from (f"{program}@{s}: described, but there is no such subtest" for s in have if s not in want)
        yield from (f"{program}@{s}: described twice" for s in sorted(set(have)) if have.count(s) > 1)
