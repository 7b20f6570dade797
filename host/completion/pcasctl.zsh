#compdef pcasctl
# Completion of pcasctl for zsh. All that can be offered comes from pcasctl itself, so plugins that are dropped in later are completed as well.
# Nothing of the command line is evaluated.

_pcasctl() {
    local program=${${(Q)words[1]}/#\~\//$HOME/}
    if ! whence -p -- $program >/dev/null; then program=pcasctl; fi
    local -a reply
    reply=("${(@f)$($program __complete -- "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
    if [[ -z $reply[1] ]]; then return 1; fi

    local kind=${reply[1]%%$'\t'*} before=${reply[1]#*$'\t'} line word description
    local -a candidates
    for line in "${(@)reply[2,-1]}"; do
        # _describe splits at the first colon.
        word=${${line%%$'\t'*}//(#m)[\\:]/\\$MATCH}
        description=${line#*$'\t'}
        candidates+=("$word${description:+:$description}")
    done
    compset -p ${#before}
    local -i offered=1
    if (($#candidates)); then _describe -t values value candidates && offered=0; fi
    case $kind in
    files) _files && offered=0 ;;
    directories) _files -/ && offered=0 ;;
    esac
    return offered
}

# This file is either the function's own, found in fpath, or sourced.
if [[ $funcstack[1] == _pcasctl ]]; then
    _pcasctl
else
    compdef _pcasctl pcasctl
fi
