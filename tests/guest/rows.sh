# shellcheck shell=bash
# rows.sh - for suites that are rows of docs/userland.md: a program gets frames from
# vipin, and each of them is verified. To be sourced after ktap.sh.
#
#	row PROGRAM WAY CARRIER ASKED BY COMMAND...
#		COMMAND has the program get so many frames, and ends with one of those
#		below that verify them, which BY names
#	cannot PROGRAM WAY REASON LINK COMMAND...
#		COMMAND shows that the program cannot, for a reason of its own
#
#	seen PROGRAM WHAT CARRIER COMMAND...
#		COMMAND has the program find a node, and leaves what it found in $work/found
#
# A row stands behind its test's line as a comment, which tests/report/userland reads.

# What follows works in pipelines, and all of a pipeline counts.
set -o pipefail
bin=/vipin/bin
# A complaint of GLib's ends the program of GStreamer's that it is about.
export G_DEBUG=fatal-warnings

# Of the frames, and how a malloc() that is good enough for a carrier is had.
# shellcheck disable=SC2034 # for those who source this
{
width=320
height=240
size=$((width * height * 2))
format=width=$width,height=$height,pixelformat=YUYV
declare -A malloc=([platform]=/vipin/tests/guest/huge-malloc [pci]="")
declare -A memory=([platform]=', huge pages' [pci]="")
}

# Frames with stamps for an output node: $count, and some that are still queued when a
# program stops.
frames_to_send()
{
	v4l2-ctl -d "$(node_of pci)" -v "$format" --stream-mmap --stream-count $((count + 8)) \
		--stream-to "$work/to-send" >"$work/said" 2>&1
}

# What verifies leaves here "N frames, N bad, N dropped" and perhaps more. Where not all of
# the frames that came could be verified, how many were is in $work/verified.
verdict=$work/verdict

# From standard input, unconverted frames of so many bytes.
by_stamp()
{
	$bin/stamp-verify "$1" >"$verdict"
}

# From standard input, converted pictures: FORMAT WIDTH HEIGHT [BYTES].
by_colours()
{
	$bin/bars-verify "$@" >"$verdict"
}

# The same of libv4lconvert's YU12 and YV12: of vipin's formats it takes NV12 for that, of
# which a pixel has one byte in the first plane.
by_colours_of_libv4l()
{
	by_colours "$@" 1
}

# Of a file that was captured; what wrote it may have written messages as well.
by_stamp_of()
{
	$bin/stamp-verify "$2" <"$1" >"$verdict"
}

# By an output node, which finds the stamp of each frame good that a command sends it. Of
# what is still queued when a program stops no device takes notice, so a command sends
# more than it is asked for: as many as it keeps queued.
by_output()
{
	local node=$1 good bad frames_before bad_before

	shift
	count_output "$node"
	frames_before=$((good + bad))
	bad_before=$bad
	"$@"
	count_output "$node"
	echo "$((good + bad - frames_before)) frames, $((bad - bad_before)) bad, 0 dropped" >"$verdict"
}

# Sets "frames", "bad" and "dropped" from what was verified.
read_verdict()
{
	frames=0 bad=0 dropped=0
	[ ! -s "$verdict" ] || IFS=', ' read -r frames _ bad _ dropped _ <"$verdict"
}

# The command succeeds, and so many frames came of it, all good.
gets()
{
	local asked=$1 by=$2

	shift 2
	"$@"
	read_verdict
	echo "$(<"$verdict")"
	if [ "$by" = 'output node' ]; then
		[ "$frames" -ge "$asked" ]
	else
		[ "$frames" -eq "$asked" ]
	fi
	[ "$bad" -eq 0 ]
}

row()
{
	local program=$1 way=$2 carrier=$3 asked=$4 by=$5 verified

	shift 5
	: >"$verdict"
	: >"$work/verified"
	check "$program: $way: $carrier" gets "$asked" "$by" "$@"
	read_verdict
	[[ $by != colours || ! $(<"$verdict") =~ 'colours off by '([0-9]+)' at most' ]] ||
		by+=" (off by at most ${BASH_REMATCH[1]})"
	verified=$((frames - bad))
	[ ! -s "$work/verified" ] || verified=$(<"$work/verified")
	echo "# row: $program | $way | $carrier | $asked | $frames | $verified | $by | $dropped"
}

# For cannot: a command fails, and these words are why.
fails_with()
{
	local words=$1

	shift
	if "$@" >"$work/said" 2>&1; then
		echo 'it works'
		return 1
	fi
	cat "$work/said"
	grep -q "$words" "$work/said"
}

cannot()
{
	local program=$1 way=$2 reason=$3 link=$4

	shift 4
	check "$program: $way: it cannot" "$@"
	echo "# cannot: $program | $way | $reason | $link"
}

seen()
{
	local program=$1 what=$2 carrier=$3

	shift 3
	: >"$work/found"
	check "$program: $what: $carrier" "$@"
	[ ! -s "$work/found" ] || echo "# seen: $program | $what | $carrier | $(<"$work/found")"
}

# As many frames as buffers come back, so that none is dropped, and none is waited for; or
# the frame clock's.
free_run()
{
	local carrier node

	for carrier in platform pci; do
		for node in cap out; do
			v4l2-ctl -d "$(node_of $carrier $node)" -c free_run="$1"
		done
	done
}
