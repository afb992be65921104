# shellcheck shell=bash
# Read by tests that run on the host. $work is theirs, and goes when they end.
#
#	check NAME COMMAND...	reports a test; what COMMAND prints is shown if it fails
#	finish			prints the sum, and is the exit status

set -eu -o pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

check()
{
	local name=$1 code

	shift
	set +e
	(set -e; "$@") >"$work/says" 2>&1
	code=$?
	set -e
	if [ $code -eq 0 ]; then
		passed=$((passed + 1))
		echo "ok $name"
	else
		failed=$((failed + 1))
		sed 's/^/# /' "$work/says"
		echo "not ok $name"
	fi
}

finish()
{
	echo "${0##*/}: $passed passed, $failed failed"
	[ "$failed" -eq 0 ]
}
