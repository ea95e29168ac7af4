#!/usr/bin/env bash
# What the policy of a pull request decides differently from that of its base, and the page of its whole plan.
# POLICY, BASE (a commit); REGION, RECORDING, AT and COMMAND may be empty. Writes the folder's path to GITHUB_OUTPUT.
set -euo pipefail

read -ra command <<<"${COMMAND:-npx --yes ami-janitor@$(node -p "require('$GITHUB_ACTION_PATH/package.json').version")}"
folder=$(mktemp -d)
comparison=$folder/comparison.md
common=()
[ -z "${REGION:-}" ] || common+=(--region "$REGION")
[ -z "${RECORDING:-}" ] || common+=(--recording "$RECORDING")
[ -z "${AT:-}" ] || common+=(--at "$AT")

# 1 is a source that could not be read and 3 a limit that stops the plan: both are said in what is printed.
janitor() {
  "${command[@]}" "$@" || { code=$?; [ "$code" -eq 1 ] || [ "$code" -eq 3 ] || exit "$code"; }
}

janitor policy check "$POLICY" >&2
janitor plan --policy "$POLICY" "${common[@]}" --out "$folder/report" --format markdown >"$folder/plan.md"
if git cat-file -e "$BASE:$POLICY" 2>/dev/null; then
  git show "$BASE:$POLICY" >"$folder/base.yml"
  janitor plan --policy "$folder/base.yml" --against "$POLICY" "${common[@]}" --format markdown >"$comparison"
else
  { echo "The base has no $POLICY; this is the whole plan."; echo; cat "$folder/plan.md"; } >"$comparison"
fi
cat "$comparison" >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
{ echo "folder=$folder"; echo "comparison=$comparison"; } >>"$GITHUB_OUTPUT"
