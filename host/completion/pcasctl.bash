# Completion of pcasctl for bash. All that can be offered comes from pcasctl itself, so plugins that are dropped in later are completed as well.
# Nothing of the command line is evaluated.

# Sets REPLY to what bash would make of the raw word $1, save for expansions, and open_quote to the quote that is not closed in it.
_pcasctl_unquote() {
    local rest=$1 character
    REPLY='' open_quote=''
    while [[ -n $rest ]]; do
        character=${rest:0:1} rest=${rest:1}
        if [[ $character == \\ && $open_quote != \' ]]; then
            if [[ $open_quote == \" && $rest != [\\\"\$\`]* ]]; then REPLY+=\\; fi
            REPLY+=${rest:0:1} rest=${rest:1}
        elif [[ -n $open_quote && $character == "$open_quote" ]]; then
            open_quote=''
        elif [[ -z $open_quote && $character == [\'\"] ]]; then
            open_quote=$character
        else
            REPLY+=$character
        fi
    done
}

# Sets the array raw to the words up to the cursor as they were typed. COMP_WORDS is also split at '=' and ':'; parts with no blank between them are
# one word.
_pcasctl_raw_words() {
    local rest=${COMP_LINE:0:COMP_POINT} part i trimmed
    raw=()
    for ((i = 0; i <= COMP_CWORD; i++)); do
        trimmed=${rest#"${rest%%[![:space:]]*}"}
        part=${COMP_WORDS[i]}
        if ((i == COMP_CWORD)); then part=$trimmed; fi
        if [[ ${#raw[@]} -eq 0 || $trimmed != "$rest" ]]; then raw+=("$part"); else raw[-1]+=$part; fi
        rest=${trimmed:${#part}}
    done
}

# Offers files, or directories, as $1 says. The word begins with $2, which is no part of a path, and then $3. Readline keeps its part $4.
_pcasctl_paths() {
    local before=$2 path=$3 kept=$4 action=file own=default found
    if [[ $1 == directories ]]; then action=directory own=dirnames; fi
    # Readline does best what it does by itself, but cannot where the path begins within what it takes for a word.
    if [[ $kept == "$before" ]]; then
        compopt -o "$own"
        return
    fi
    compopt -o filenames
    while IFS= read -r found; do
        if [[ -d $found ]]; then
            found+=/
            compopt -o nospace
        fi
        found=$before$found
        COMPREPLY+=("${found#"$kept"}")
    done < <(compgen -A "$action" -- "$path")
}

_pcasctl() {
    local raw words=() word open_quote REPLY
    _pcasctl_raw_words
    for word in "${raw[@]}"; do
        _pcasctl_unquote "$word"
        words+=("$REPLY")
    done
    local current=${words[-1]} quote=$open_quote
    # Readline keeps the beginning of the raw word and replaces $2, the end of it.
    _pcasctl_unquote "${raw[-1]%"$2"}"
    local kept=$REPLY

    local program=${words[0]/#~\//$HOME/}
    if [[ -z $(type -P -- "$program") ]]; then program=pcasctl; fi
    local reply
    mapfile -t reply < <("$program" __complete -- "${words[@]:1}" 2>/dev/null)
    if [[ ${#reply[@]} -eq 0 ]]; then return; fi
    local kind=${reply[0]%%$'\t'*} before=${reply[0]#*$'\t'} line
    if [[ $kind != words ]]; then _pcasctl_paths "$kind" "$before" "${current#"$before"}" "$kept"; fi
    for line in "${reply[@]:1}"; do
        word=$before${line%%$'\t'*}
        if [[ $word != "$current"* ]]; then continue; fi
        word=${word#"$kept"}
        if [[ -z $quote ]]; then printf -v word %q "$word"; fi
        COMPREPLY+=("$word")
    done
}

complete -F _pcasctl pcasctl
