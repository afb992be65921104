# shellcheck shell=bash
# programs.sh - shared by the suites of --userland. Source this file; it sources ktap.sh and
# rows.sh.
# shellcheck source=tests/guest/ktap.sh
. "$(dirname "${BASH_SOURCE[0]}")/ktap.sh"
# shellcheck source=tests/guest/rows.sh
. "$(dirname "${BASH_SOURCE[0]}")/rows.sh"

# shellcheck disable=SC2034 # used by the suites
count=60

# This root file system has no registry of GStreamer plugins, so let GStreamer make one.
unset GST_REGISTRY GST_REGISTRY_UPDATE
export GST_PLUGIN_PATH=$VIPIN_ROOT/lib/gstreamer-1.0
