#include "codec/dotenv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace plumb::codec {
namespace {

constexpr std::string_view kBlanks = " \t\r";

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(kBlanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

bool is_name(std::string_view name) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    return !name.empty() && letter(name[0]) &&
           std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

char unescaped(char c) { return c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c; }

struct Reader {
    std::string_view text;
    std::size_t at = 0;
    int line = 1;

    std::string_view rest_of_line() {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::string_view rest = text.substr(at, end - at);
        at = std::min(end + 1, text.size());
        ++line;
        return rest;
    }

    /// The value in quotes that starts at `at`; the rest of its line may hold a comment only.
    Result<std::string> quoted(const std::string& name) {
        const int opened = line;
        const char quote = text[at];
        std::string value;
        for (++at; at < text.size() && text[at] != quote; ++at) {
            if (text[at] == '\n') ++line;
            const bool escape = quote == '"' && text[at] == '\\' && at + 1 < text.size();
            value += escape ? unescaped(text[++at]) : text[at];
        }
        if (at == text.size()) {
            return fail(Errc::truncated,
                        fmt::format("line {}: {}: expected a closing quote, found the end of the file",
                                    opened, name));
        }
        ++at;
        const int closed = line;
        const std::string_view after = trimmed(rest_of_line());
        if (!after.empty() && after[0] != '#') {
            return fail(Errc::parse,
                        fmt::format("line {}: {}: expected nothing after the closing quote", closed, name));
        }
        return value;
    }

    std::string bare() {
        std::string_view value = rest_of_line();
        for (std::size_t i = 0; i < value.size(); ++i) {
            if (value[i] == '#' && (i == 0 || value[i - 1] == ' ' || value[i - 1] == '\t'))
                value = value.substr(0, i);
        }
        return std::string{trimmed(value)};
    }
};

}  // namespace

Result<std::vector<DotenvEntry>> parse_dotenv(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    std::vector<DotenvEntry> entries;
    Reader reader{text};
    while (reader.at < text.size()) {
        const int line = reader.line;
        const std::size_t end = std::min(text.find('\n', reader.at), text.size());
        const std::string_view whole = trimmed(text.substr(reader.at, end - reader.at));
        if (whole.empty() || whole[0] == '#') {
            reader.rest_of_line();
            continue;
        }
        const std::size_t equals = text.find('=', reader.at);
        if (equals >= end)
            return fail(Errc::parse, fmt::format("line {}: expected NAME=value, found no '='", line));
        std::string_view name = trimmed(text.substr(reader.at, equals - reader.at));
        if (name.starts_with("export ")) name = trimmed(name.substr(7));
        if (!is_name(name)) {
            return fail(
                Errc::parse,
                fmt::format("line {}: expected a name of letters, digits and underscores before '='", line));
        }
        reader.at = equals + 1;
        while (reader.at < end && (text[reader.at] == ' ' || text[reader.at] == '\t')) ++reader.at;
        DotenvEntry entry{std::string{name}, {}, line};
        if (reader.at < end && (text[reader.at] == '"' || text[reader.at] == '\'')) {
            auto value = reader.quoted(entry.name);
            if (!value) return fail(value.error());
            entry.value = *std::move(value);
        } else {
            entry.value = reader.bare();
        }
        entries.push_back(std::move(entry));
    }
    return entries;
}

}  // namespace plumb::codec
