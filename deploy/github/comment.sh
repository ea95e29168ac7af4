#!/usr/bin/env bash
# Writes the comparison as a comment of the pull request, in place of the one that it wrote before.
# PULL_REQUEST, COMPARISON (a file), RUN_URL, GITHUB_REPOSITORY; gh needs GH_TOKEN.
set -euo pipefail

marker='<!-- ami-janitor plan -->'
body=$(mktemp)
# GitHub takes 65,536 characters a comment.
{
  echo "$marker"
  head -c 60000 "$COMPARISON" | iconv -f utf-8 -t utf-8 -c
  echo
  [ "$(wc -c <"$COMPARISON")" -le 60000 ] || echo "… cut here."
  echo "The report's page is an artifact of [the run]($RUN_URL)."
} >"$body"

earlier=$(gh api --paginate "repos/$GITHUB_REPOSITORY/issues/$PULL_REQUEST/comments" --jq ".[] | select(.body | startswith(\"$marker\")) | .id" | head -n 1)
if [ -n "$earlier" ]; then
  gh api --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$earlier" -F "body=@$body" >/dev/null
else
  gh api --method POST "repos/$GITHUB_REPOSITORY/issues/$PULL_REQUEST/comments" -F "body=@$body" >/dev/null
fi
