# shellcheck shell=bash
# programs.sh - what suites of other programs share. To be sourced; it brings ktap.sh and
# rows.sh.
# shellcheck source=tests/guest/ktap.sh
. "$(dirname "${BASH_SOURCE[0]}")/ktap.sh"
# shellcheck source=tests/guest/rows.sh
. "$(dirname "${BASH_SOURCE[0]}")/rows.sh"

# shellcheck disable=SC2034 # for those who source this
count=60

# The root of these programs has no registry of GStreamer's plugins: its first use makes it.
unset GST_REGISTRY GST_REGISTRY_UPDATE
export GST_PLUGIN_PATH=/vipin/lib/gstreamer-1.0
