# Opens a display of its own, and makes $home the home of whatever runs on it; sourced. The server is $server, to be ended by
# whoever asked for it; what goes wrong goes to its `fail`.
# The server picks a free display and says which.
exec 3>"$home/display"
Xvfb -displayfd 3 -noreset -screen 0 1920x1080x24 -nolisten tcp 2>"$home/server.log" &
server=$!
for _ in $(seq 300); do
	[ -s "$home/display" ] && break
	sleep 0.05
done
[ -s "$home/display" ] || fail "no display: $(cat "$home/server.log")"
DISPLAY=:$(cat "$home/display")
export DISPLAY LIBGL_ALWAYS_SOFTWARE=1 HOME="$home" XDG_CONFIG_HOME="$home/config" XDG_CACHE_HOME="$home/cache" XDG_STATE_HOME="$home/state" XDG_DATA_HOME="$home/data" XDG_RUNTIME_DIR="$home"
unset WAYLAND_DISPLAY
chmod 700 "$home"
