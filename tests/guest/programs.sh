# shellcheck shell=bash
# programs.sh - what suites of programs share: a size, and memory that is good enough for a
# carrier. To be sourced; it brings ktap.sh and rows.sh.
# shellcheck source=tests/guest/ktap.sh
. "$(dirname "${BASH_SOURCE[0]}")/ktap.sh"
# shellcheck source=tests/guest/rows.sh
. "$(dirname "${BASH_SOURCE[0]}")/rows.sh"

# shellcheck disable=SC2034 # for those who source this
{
count=60
width=320
height=240
size=$((width * height * 2))
format=width=$width,height=$height,pixelformat=YUYV
declare -A malloc=([platform]=/vipin/tests/guest/huge-malloc [pci]="")
declare -A memory=([platform]=', huge pages' [pci]="")
}

# The root of these programs has no registry of GStreamer's plugins: its first use makes it.
unset GST_REGISTRY GST_REGISTRY_UPDATE
export GST_PLUGIN_PATH=/vipin/lib/gstreamer-1.0

# Frames with stamps for an output node, as many as asked for, and some that are still
# queued when a program stops.
frames_to_send()
{
	v4l2-ctl -d "$(node_of pci)" -v "$format" --stream-mmap --stream-count $((count + 8)) \
		--stream-to "$work/to-send" >"$work/said" 2>&1
}
