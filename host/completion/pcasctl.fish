# Completion of pcasctl for fish. All that can be offered comes from pcasctl itself, so plugins that are dropped in later are completed as well.
# Nothing of the command line is evaluated.

function __pcasctl_complete
    set -l words (commandline --tokenize --current-process --cut-at-cursor)
    set -l current (commandline --current-token --cut-at-cursor | string unescape)
    set -l program (string replace --regex '^~/' $HOME/ -- $words[1])
    set --erase words[1]
    command --query -- $program; or set program pcasctl

    set -l reply ($program __complete -- $words "$current" 2>/dev/null)
    or return
    set -l kind_and_before (string split \t -- $reply[1])
    set --erase reply[1]
    set -l before $kind_and_before[2]
    # What fish offers to a command that it does not know: files.
    set -l path (string sub --start (math 1 + (string length -- "$before")) -- "$current")
    set -l typed "__pcasctl_unknown "(string escape --no-quoted -- "$path" | string replace --regex '^\\\\~' '~')
    switch $kind_and_before[1]
        case files
            set --append reply (complete --do-complete $typed)
        case directories
            set --append reply (complete --do-complete $typed | string match --regex '.*/$')
    end
    for line in $reply
        printf '%s\n' "$before$line"
    end
end

complete --command pcasctl --no-files --arguments '(__pcasctl_complete)'
