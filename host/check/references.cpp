// Does every symbol that the plugin uses come from a library that it names? The system's dynamic linker is asked, which
// can look without running anything: it is what ldd(1) asks. A plugin that takes a symbol from a library which only
// this host happens to have in memory loads today, and not in the next version.
#include "child.hpp"
#include "file_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <link.h>
#include <sstream>
#include <unistd.h>

namespace host::check {
namespace {

constexpr std::chrono::seconds limit{30};

// The dynamic linker that the host itself was started by; "" if it is linked statically.
std::string dynamic_linker() {
    std::string path;
    const auto find = [](dl_phdr_info *program, std::size_t, void *result) {
        for (int i = 0; i < program->dlpi_phnum; ++i)
            if (program->dlpi_phdr[i].p_type == PT_INTERP)
                *static_cast<std::string *>(result) =
                    reinterpret_cast<const char *>(program->dlpi_addr + program->dlpi_phdr[i].p_vaddr);
        return 1; // the first one is the executable
    };
    ::dl_iterate_phdr(find, &path);
    return path;
}

[[noreturn]] void be_the_linker(const std::string &linker, const std::string &file) {
    ::setenv("LD_TRACE_LOADED_OBJECTS", "1", 1);
    ::setenv("LD_WARN", "yes", 1);
    ::setenv("LD_BIND_NOW", "yes", 1);
    ::unsetenv("LD_PRELOAD");
    ::execl(linker.c_str(), linker.c_str(), file.c_str(), nullptr);
    ::_exit(127);
}

void add(Findings &findings, std::string what, const char *mend) {
    const bool is_new =
        std::none_of(findings.begin(), findings.end(), [&](const Finding &finding) { return finding.what == what; });
    if (is_new)
        findings.push_back(
            {Severity::error, "references", std::move(what), "Without it the plugin cannot be loaded.", mend});
}

} // namespace

Findings judge_references(const std::filesystem::path &file) {
    const std::string path = std::filesystem::absolute(file).string();
    const ChildResult answer = run_in_child([&](const Teller &) { be_the_linker(dynamic_linker(), path); }, limit);
    Findings findings;
    std::istringstream lines(answer.out + answer.err);
    for (std::string line; std::getline(lines, line);) {
        const std::string undefined = "undefined symbol: ";
        if (const std::size_t at = line.find(undefined); at != std::string::npos) {
            const std::string symbol = line.substr(
                at + undefined.size(), line.find_first_of(" \t(,", at + undefined.size()) - at - undefined.size());
            add(findings, fmt::format("it uses {}, which none of the libraries that it names has", symbol),
                "link the library that has it ('-Wl,--no-undefined' tells at build time); the host's own functions "
                "come by host->get_service()");
        } else if (const std::size_t missing = line.find(" => not found"); missing != std::string::npos) {
            const std::size_t begin = line.find_first_not_of(" \t");
            add(findings, fmt::format("it needs {}, which is not on this machine", line.substr(begin, missing - begin)),
                "install it, or link it into the plugin");
        }
    }
    return findings;
}

} // namespace host::check
