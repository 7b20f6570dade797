# What the scripts that run private servers (postgres, pgbouncer, pgvector) share: a directory that holds all of a server, a user who may run it,
# and a guard that ends it when its owner is gone. To be sourced; the script then defines
#   FILES                      what its server leaves in the directory besides the socket, for the guard to remove
#   server_pid DIRECTORY       prints the number of the server's process, or fails
#   work_directory DIRECTORY   prints the directory that this process works in, which tells it from a stranger with the same number
#   start DIRECTORY [ARGUMENT ...]
#   stop DIRECTORY fast|immediate
# and ends with: main "$@"
set -euo pipefail

SCRIPT=$(realpath "$0")
PORT=5432
SOCKET=.s.PGSQL.$PORT

# Before a server's command, so that it runs as somebody when we are root: PostgreSQL and its kin refuse to be root.
SERVER_USER=$(id -un)
AS_SERVER=()
if [[ $(id -u) -eq 0 ]]; then
    SERVER_USER=$(id -un postgres 2>/dev/null || echo nobody)
    AS_SERVER=(setpriv --reuid="$SERVER_USER" --regid="$(id -gn "$SERVER_USER")" --clear-groups --)
fi

fail() {
    echo "$(basename "$0"): $*" >&2
    exit 1
}

# Makes the directory and prints its full path. A socket's address holds 107 characters, and PostgreSQL's lock beside it is longer by 5.
server_directory() {
    mkdir -p "$1"
    local directory
    directory=$(cd "$1" && pwd)
    [[ $directory =~ ^[A-Za-z0-9/._+-]+$ ]] || fail "the path $directory has odd characters in it: choose another one (TMPDIR?)"
    ((${#directory} + 1 + ${#SOCKET} + 5 <= 107)) || fail "the path $directory is too long for a socket: choose a shorter one (TMPDIR?)"
    echo "$directory"
}

is_running() {
    local pid
    pid=$(server_pid "$1" 2>/dev/null) && [[ /proc/$pid/cwd -ef $(work_directory "$1") ]]
}

# Starts, away from our terminal, a server that stays in the foreground, and waits until it listens. Its output goes to DIRECTORY/log.
start_in_background() {
    local directory=$1 try
    shift
    cd "$directory"
    rm -f "$SOCKET"
    setsid "$@" </dev/null >log 2>&1 &
    echo $! >pid
    for ((try = 0; try < 600; ++try)); do
        if [[ -S $SOCKET ]]; then return; fi
        kill -0 $! 2>/dev/null || break
        sleep 0.1
    done
    fail "the server did not start: $(tail -n 5 log)"
}

end_process() {
    local directory=$1 signal=$2 pid try
    pid=$(server_pid "$directory")
    kill "-$signal" "$pid"
    for ((try = 0; try < 600; ++try)); do
        is_running "$directory" || return 0
        sleep 0.1
    done
    fail "the server in $directory (process $pid) did not stop"
}

# Waits for the end of the owner, and cleans up if it could not. An owner who cleans up itself removes the directory.
guard() {
    local owner=$1 directory=$2
    while kill -0 "$owner" 2>/dev/null && [[ -d $directory ]]; do sleep 1; done
    if [[ ! -d $directory ]]; then return; fi
    if is_running "$directory"; then stop "$directory" immediate; fi
    (cd "$directory" && rm -rf -- "${FILES[@]}" "$SOCKET" "$SOCKET.lock")
    rmdir "$directory"
}

main() {
    local command=${1:-} owner='' directory
    [[ $command =~ ^(start|stop|crash|guard)$ ]] || fail "say start, stop or crash, and a directory; the top of $0 tells more"
    shift
    if [[ $command == guard ]]; then guard "$@" && return; fi
    if [[ ${1:-} == --owner ]]; then
        owner=${2:-}
        [[ $owner =~ ^[0-9]+$ ]] || fail "--owner needs the number of a process"
        shift 2
    fi
    [[ -n ${1:-} ]] || fail "$command needs a directory"
    directory=$(server_directory "$1")
    shift
    case $command in
    start)
        if is_running "$directory"; then fail "a server runs in $directory already: stop it first"; fi
        (start "$directory" "$@")
        if [[ -n $owner ]]; then setsid "$SCRIPT" guard "$owner" "$directory" </dev/null >/dev/null 2>&1 & fi
        ;;
    stop) if is_running "$directory"; then stop "$directory" fast; fi ;;
    crash) if is_running "$directory"; then stop "$directory" immediate; fi ;;
    esac
}
