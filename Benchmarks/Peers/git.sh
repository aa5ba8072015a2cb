#!/usr/bin/env bash
# git as an audit log: git.sh FOLDER COMMITS; an empty commit an event, everything synced.
set -euo pipefail
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
rm -rf "$1"
git init -q "$1"
cd "$1"
git config core.fsync all
git config gc.auto 0
message="{\"note\":\"$(printf 'x%.0s' {1..280})\"}"
start=$(date +%s%N)
for ((number = 0; number < $2; number++)); do git commit -q --allow-empty -m "$message"; done
echo "git_commit_allow_empty fsync=all N=$2 $(($2 * 1000000000 / ($(date +%s%N) - start))) commits/s"
