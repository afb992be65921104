# shellcheck shell=bash
# pipewire.sh - PipeWire and WirePlumber, and a client of them. Source this file after desktop.sh.
#
#	pipewire_start		start both in the session, and set "pipewire" to their processes
#	pipewire_object NODE	print PipeWire's serial number of a video node, if it has found it
#	pipewire_sees NODE	wait until PipeWire has found the node
#	pipewire_captures NODE COUNT WIDTH HEIGHT	write frames to standard output

pipewire_start()
{
	pipewire >"$work/pipewire.log" 2>&1 &
	pipewire=($!)
	wireplumber >"$work/wireplumber.log" 2>&1 &
	pipewire+=($!)
	started+=("${pipewire[@]}")
}

pipewire_object()	# NODE
{
	pw-dump | python3 -c '
import json, sys
for o in json.load(sys.stdin):
    p = (o.get("info") or {}).get("props", {})
    if p.get("media.class") == "Video/Source" and p.get("api.v4l2.path") == sys.argv[1]:
        print(p["object.serial"])' "$1"
}

pipewire_sees()	# NODE
{
	local try

	for ((try = 0; try < 60; try++)); do
		[ -z "$(pipewire_object "$1")" ] || return 0
		sleep 1
	done
	tail -n 5 "$work"/*.log
	return 1
}

pipewire_captures()	# NODE COUNT WIDTH HEIGHT
{
	timeout 120 gst-launch-1.0 -q pipewiresrc target-object="$(pipewire_object "$1")" num-buffers="$2" ! \
		"video/x-raw,format=YUY2,width=$3,height=$4" ! fdsink fd=3 3>&1 >&2
}
