#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pipelines of doc/ci: they are YAML, their scripts are shell, and what
they ask of onrush is what it offers. No pipeline is run here."""
import os, re, shutil, subprocess
from tap import Skip, main, onrush, test

CI = os.path.join(os.environ.get("TESTS_SRC", "tests"), "..", "doc", "ci")
KINDS = ["load", "stress", "spike", "soak"]


def read(name):
    try:
        import yaml
    except ImportError:
        raise Skip("python3-yaml is not installed")
    with open(os.path.join(CI, name)) as f:
        return yaml.safe_load(f)


def github():
    whole = read("github-actions.yml")
    return whole, whole["jobs"]["load-test"]["steps"]


def gitlab():
    whole = read("gitlab-ci.yml")
    job = whole["load-test"]
    return whole, job, job["before_script"] + job["script"] + job["after_script"]


def check_shell(script):
    p = subprocess.run(["sh", "-n"], input=script, capture_output=True, text=True, timeout=10)
    assert p.returncode == 0, (script, p.stderr)


def options_of(command):
    """What the program offers; `gate` comes with a later part of it."""
    if not re.search(rf"^  {command} ", onrush("--help", status=0).stdout, re.M):
        raise Skip(f"this build has no onrush {command}")
    return set(re.findall(r"(?<![\w-])(--?[a-z][a-z-]*)", onrush(command, "--help", status=0).stdout))


def check_calls(scripts):
    """Each `onrush COMMAND` of the scripts, with the options that `set --`
    collects for the gate."""
    calls = [c for s in scripts for c in re.findall(r"(?:^|[(;&|] *)onrush ([a-z]+)([^\n>|]*)", s, re.M)]
    assert {c for c, _ in calls} >= {"gate", "target"}, calls
    for command, rest in calls:
        if command == "gate":
            rest += " ".join(line for s in scripts for line in s.split("\n") if line.strip().startswith("set --"))
            rest = rest.replace("set -- ", "")
        used = set(re.findall(r"(?<=\s)--?[a-z][a-z-]*", " " + rest))
        assert used or command != "gate", calls
        assert used <= options_of(command), (command, used - options_of(command))


@test
def github_runs_what_is_asked_for_and_keeps_it_when_it_fails():
    whole, steps = github()
    on = whole.get("on", whole.get(True))  # YAML 1.1 reads `on` as true
    choice = on["workflow_dispatch"]["inputs"]["type"]
    assert choice["type"] == "choice" and choice["options"] == KINDS
    assert "pull_request" in on and on["push"]["branches"] == ["main"]
    assert whole["permissions"] == {"contents": "read"}
    upload = [s for s in steps if s.get("uses", "").startswith("actions/upload-artifact@")]
    assert len(upload) == 1 and upload[0]["if"] == "${{ !cancelled() }}" and "results" in upload[0]["with"]["path"]
    saves = [s for s in steps if s.get("uses", "").startswith("actions/cache/save@")]
    assert len(saves) == 1 and "refs/heads/main" in saves[0]["if"] and "success()" in saves[0]["if"]
    scripts = [s["run"] for s in steps if "run" in s]
    assert any("GITHUB_STEP_SUMMARY" in s and "onrush gate" in s for s in scripts)
    for s in scripts:
        # What somebody typed is never part of a script's text.
        assert "${{" not in s, s
        check_shell(s)


@test
def gitlab_reports_and_keeps_what_failed():
    whole, job, scripts = gitlab()
    assert whole["variables"]["TYPE"]["options"] == KINDS
    assert job["artifacts"]["when"] == "always" and job["artifacts"]["reports"]["junit"] == "junit.xml"
    assert "$CI_DEFAULT_BRANCH" in job["rules"][-1]["if"]
    for s in scripts:
        check_shell(s)


@test
def gitlabs_metrics_are_those_of_a_summary():
    if not shutil.which("jq"):
        raise Skip("jq is not installed")
    _, job, _ = gitlab()
    program = re.search(r"jq -r '(.*?)'", job["after_script"][0], re.S)[1]
    summary = """{"metrics": {"http_reqs": {"values": {"count": 3, "rate": 1.5}},
                  "http_reqs{name:home}": {"values": {"count": 1}},
                  "http_req_duration": {"values": {"p(95)": 12.5, "max": null}}}}"""
    p = subprocess.run(["jq", "-r", program], input=summary, capture_output=True, text=True, timeout=10, check=True)
    assert p.stdout.splitlines() == ['http_reqs{figure="count"} 3', 'http_reqs{figure="rate"} 1.5',
                                     'http_req_duration{figure="p(95)"} 12.5'], p.stdout


@test
def pipelines_ask_only_for_what_onrush_offers():
    _, steps = github()
    check_calls([s["run"] for s in steps if "run" in s])
    check_calls(gitlab()[2])


main()
