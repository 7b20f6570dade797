# shellcheck shell=bash
# To be sourced by scripts that need npm packages. They are pinned by a package-lock.json, and go into PCASCTL_TEST_CACHE, a directory that outlives
# the tests.

# npm_packages DIRECTORY NAME: installs what DIRECTORY's package-lock.json pins, once for each state of it, and prints where it is. Tests may come here
# at the same time.
npm_packages() {
    local here=$1 into=${PCASCTL_TEST_CACHE:?names the directory for downloaded packages}/$2 lock
    mkdir -p "$into"
    exec {lock}>"$into.lock"
    flock "$lock"
    if ! cmp -s "$here/package-lock.json" "$into/installed.json"; then
        cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$into/"
        if ! npm_config_cache=${npm_config_cache:-$PCASCTL_TEST_CACHE/npm} npm ci --prefer-offline --ignore-scripts --prefix "$into" >"$into.log" 2>&1; then
            echo "npm ci failed: $(tail -n 5 "$into.log")" >&2
            return 1
        fi
        cp "$here/package-lock.json" "$into/installed.json"
    fi
    exec {lock}>&-
    echo "$into/node_modules"
}
