#include "config_file.hpp"

#include "descriptor.hpp"
#include "error.hpp"
#include "escape.hpp"
#include "user_directories.hpp"

#include <pcasctl/plugin.h>

#include <boost/program_options.hpp>
#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sstream>

namespace host {
namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;

constexpr std::size_t longest_file = std::size_t{1} << 20;

[[noreturn]] void wrong(const fs::path &path, const std::string &what) {
    throw Error(PCASCTL_EXIT_USAGE, fmt::format("configuration file {}: {}", escape(path.string()), what));
}

[[noreturn]] void wrong_line(const fs::path &path, int line, const std::string &what) {
    throw Error(PCASCTL_EXIT_USAGE,
                fmt::format("configuration file {}, line {}: {}", escape(path.string()), line, what));
}

std::string read_text(const fs::path &path) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
    if (!file.is_open()) wrong(path, fmt::format("cannot be opened: {}", std::strerror(errno)));
    std::string text;
    std::array<char, 65536> buffer;
    for (ssize_t count = 0; (count = ::read(file.number(), buffer.data(), buffer.size())) != 0;) {
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) wrong(path, fmt::format("cannot be read: {}", std::strerror(errno)));
        text.append(buffer.data(), static_cast<std::size_t>(count));
        if (text.size() > longest_file) wrong(path, "is larger than 1 MiB");
    }
    return text;
}

// Boost ends a line at '#', wherever it stands, and would silently cut a password in two. It also does not say in which
// line it found something, nor keep the line's text out of its message. So each line's form is checked before Boost
// sees it.
void check_lines(const fs::path &path, const std::string &text) {
    std::istringstream lines(text);
    std::string line;
    for (int number = 1; std::getline(lines, line); ++number) {
        if (line.find('\0') != std::string::npos) wrong_line(path, number, "holds a NUL character");
        const std::size_t first = line.find_first_not_of(" \t\r");
        if (first == std::string::npos || line[first] == '#') continue;
        const std::size_t last = line.find_last_not_of(" \t\r");
        if (line.find('#', first) != std::string::npos)
            wrong_line(path, number,
                       "a '#' is allowed at the start of a line only; give such a value by the environment");
        const bool is_section = line[first] == '[' && line[last] == ']' && last > first + 1;
        const std::size_t equals = line.find('=', first);
        if (!is_section && (equals == std::string::npos || equals == first))
            wrong_line(path, number, "is neither [section] nor name = value");
    }
}

} // namespace

ConfigFile parse_config(const fs::path &path, const std::string &text) {
    check_lines(path, text);
    ConfigFile file{path, {}};
    std::istringstream lines(text);
    const bool allow_unregistered = true;
    for (const po::option &option :
         po::parse_config_file(lines, po::options_description(), allow_unregistered).options) {
        const std::size_t dot = option.string_key.rfind('.');
        if (dot == std::string::npos)
            wrong(path, fmt::format("'{}' stands before any section: put [pcasctl] or [<subcommand>] above it",
                                    escape(option.string_key)));
        file.entries.push_back(
            {option.string_key.substr(0, dot), option.string_key.substr(dot + 1), option.value.front()});
    }
    return file;
}

ConfigFile load_config(const std::optional<std::string> &asked_for, const Environment &environment) {
    if (asked_for) return parse_config(*asked_for, read_text(*asked_for));
    const auto directory = user_config_directory(environment);
    if (!directory) return {};
    const fs::path path = *directory / "pcasctl" / "pcasctl.ini";
    std::error_code error;
    if (!fs::exists(path, error)) return {};
    return parse_config(path, read_text(path));
}

} // namespace host
