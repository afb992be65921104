# shellcheck shell=bash
# instances.sh - make devices by configfs, and use them. Source this file after ktap.sh. It sources
# configfs.sh.
#
#	make NAME [ATTRIBUTE=VALUE]...	make a directory, set its attributes, and make the device. All
#					directories are removed when this shell ends
#	captures NODE			succeed if a frame with a stamp can be read
#	comes_and_goes TIMES		make and remove a device TIMES times while programs use it

# shellcheck source=tests/guest/configfs.sh
. "$(dirname "${BASH_SOURCE[0]}")/configfs.sh"

make()	# NAME [ATTRIBUTE=VALUE]...
{
	trap remove_all EXIT
	make_device "$@"
}

captures()	# NODE
{
	[ "$(head -c 4 "$1")" = VPIN ]
}

# One program streams from another device, and others open this one.
comes_and_goes()	# TIMES
{
	local i jobs

	make cam0
	make cam1 video_nr=70 output_nr=71
	start_stream "$(node_in cam0 cap)"
	while [ -e "$work" ]; do
		: </dev/video70
		head -c 4 /dev/video70
	done &>/dev/null &
	jobs=$!
	# Two shells write to the same file.
	for ((i = 0; i < $1; i++)); do
		echo 0
	done >"$config/cam1/live" &
	for ((i = 0; i < $1; i++)); do
		echo 0 >"$config/cam1/live"
		echo 1 >"$config/cam1/live"
	done
	wait $!
	kill -0 "$streamer"
	kill "$jobs" "$streamer"
	echo 1 >"$config/cam1/live"
	captures "$(node_in cam1 cap)"
}

# shellcheck disable=SC2154 # ktap.sh sets it
trap 'remove_all; rm -rf "$work"' EXIT
