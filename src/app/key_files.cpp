#include "app/key_files.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "app/dotenv.hpp"
#include "app/setting_value.hpp"
#include "app/settings_table.hpp"
#include "base/secret.hpp"
#include "io/file.hpp"

namespace plumb::app {
namespace {

constexpr std::size_t kBytesMax = 256 * 1024;
constexpr std::string_view kPemBegin = "-----BEGIN";

/// Spellings of the parts of a key, without case, dashes and underscores.
struct Part {
    std::string_view spelling;
    std::string_view ours;
};

constexpr auto kParts = std::to_array<Part>({
    {"apikey", "api-key"},
    {"apikeyid", "api-key"},
    {"keyid", "api-key"},
    {"key", "api-key"},
    {"name", "api-key"},
    {"id", "api-key"},
    {"apisecret", "secret-key"},
    {"apisecretkey", "secret-key"},
    {"secretkey", "secret-key"},
    {"secret", "secret-key"},
    {"privatekey", "secret-key"},
    {"apiprivatekey", "secret-key"},
    {"passphrase", "passphrase"},
    {"apipassphrase", "passphrase"},
});

/// Names that other programs give to our venues, spelt as above.
struct Alias {
    std::string_view spelling;
    std::string_view venue;
};

constexpr auto kAliases = std::to_array<Alias>({
    {"cmc", "coinmarketcap"},
    {"massive", "polygon"},
    {"polygonio", "polygon"},
    {"binanceusdm", "binance-futures"},
});

std::string bare(std::string_view name) {
    std::string out;
    for (const char c : name) {
        if (c == '-' || c == '_' || c == ' ' || c == '.') continue;
        out += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    }
    return out;
}

std::optional<std::string> venue_named(std::string_view provider) {
    const std::string name = bare(provider);
    for (const Alias& alias : kAliases) {
        if (alias.spelling == name) return std::string{alias.venue};
    }
    std::optional<std::string> found;
    for_each_word(kVenues, [&](std::string_view venue) {
        if (bare(venue) == name) found = std::string{venue};
    });
    return found;
}

/// Our setting for a part of a venue's key, where there is one.
std::optional<std::string> setting_for(std::string_view venue, std::string_view part) {
    const std::string name = bare(part);
    const auto row = std::ranges::find(kParts, std::string_view{name}, &Part::spelling);
    if (row == kParts.end()) return std::nullopt;
    const std::string key = fmt::format("{}-{}", venue, row->ours);
    const auto known = std::ranges::find(kSettings, std::string_view{key}, &Setting::key);
    if (known == kSettings.end() || known->type != Type::secret) return std::nullopt;
    return key;
}

std::string where_of(const std::filesystem::path& path, const YAML::Mark& mark) {
    return fmt::format("{}:{}", path.string(), mark.line + 1);
}

/// YAML's own message may quote the file, so only the place is told.
Result<YAML::Node> parse_map(const std::string& bytes, const std::filesystem::path& path) {
    try {
        const YAML::Node root = YAML::Load(bytes);
        if (root.IsNull() || root.IsMap()) return root;
        return fail(Error{Errc::parse, "expected lines of `key: value`"}.at(where_of(path, root.Mark())));
    } catch (const YAML::Exception& trouble) {
        return fail(Error{Errc::parse, "expected YAML or JSON: the text cannot be read from here on"}.at(
            trouble.mark.is_null() ? path.string() : where_of(path, trouble.mark)));
    }
}

Status check_key_file(const std::filesystem::path& path) {
    struct stat info{};
    if (::stat(path.c_str(), &info) != 0) return fail(io::error_from_errno("cannot examine", path));
    if (!S_ISREG(info.st_mode))
        return fail(Errc::invalid_argument, path.string() + ": expected a file that holds a key");
    return check_private(path);
}

void add_parts(const std::filesystem::path& path, const YAML::Node& map, std::string_view venue,
               std::vector<FileEntry>& entries) {
    for (const auto& item : map) {
        if (!item.first.IsScalar() || !item.second.IsScalar()) continue;
        std::optional<std::string> key = setting_for(venue, item.first.Scalar());
        if (!key) continue;
        const auto there = std::ranges::find(entries, *key, &FileEntry::key);
        // Coinbase's file has a name and, in newer ones, an id too: the name is what signs.
        if (there != entries.end()) {
            if (bare(item.first.Scalar()) == "name") there->text = item.second.Scalar();
            continue;
        }
        entries.push_back({*std::move(key), item.second.Scalar(), where_of(path, item.first.Mark())});
    }
}

std::vector<FileEntry> key_lines(const std::string& bytes, const std::filesystem::path& path,
                                 std::string_view venue) {
    std::vector<FileEntry> entries;
    std::string_view rest = bytes;
    for (const std::string_view part : {"api-key", "secret-key"}) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        const std::optional<std::string> key = setting_for(venue, part);
        const Result<std::string> text = clean_key(line);
        if (key && text && !text->empty())
            entries.push_back({*key, *text, fmt::format("{}:{}", path.string(), entries.size() + 1)});
    }
    return entries;
}

}  // namespace

Result<std::string> clean_key(std::string_view text) {
    constexpr std::string_view kBlanks = " \t\r\n";
    const std::size_t first = text.find_first_not_of(kBlanks);
    if (first == std::string_view::npos) return std::string{};
    text = text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
    const bool pem = text.starts_with(kPemBegin);
    std::string key;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (pem && text.substr(i, 2) == "\\n") {
            key += '\n';
            ++i;
            continue;
        }
        if (pem && text[i] == '\r') continue;
        const auto byte = static_cast<unsigned char>(text[i]);
        if ((byte < 0x20 && !(pem && text[i] == '\n')) || byte == 0x7F)
            return fail(Errc::parse, "expected a key of one line, found control characters in it");
        key += text[i];
    }
    if (pem) key += '\n';
    return key;
}

Result<std::vector<FileEntry>> read_key_file(const std::filesystem::path& path) {
    Result<std::string> bytes = io::read_file(path, kBytesMax);
    if (!bytes) return fail(bytes.error());
    const Result<YAML::Node> root = parse_map(*bytes, path);
    Secret::wipe(bytes->data(), bytes->size());
    if (!root) return fail(root.error());
    std::vector<FileEntry> entries;
    if (root->IsNull()) return entries;
    for (const auto& provider : *root) {
        if (!provider.first.IsScalar() || !provider.second.IsMap()) continue;
        const std::optional<std::string> venue = venue_named(provider.first.Scalar());
        if (!venue) continue;
        std::vector<FileEntry> parts;
        add_parts(path, provider.second, *venue, parts);
        std::ranges::move(parts, std::back_inserter(entries));
    }
    return entries;
}

Result<std::vector<FileEntry>> read_venue_key_file(const std::filesystem::path& path,
                                                   std::string_view venue) {
    if (const Status closed = check_key_file(path); !closed) return fail(closed.error());
    Result<std::string> bytes = io::read_file(path, kBytesMax);
    if (!bytes) return fail(bytes.error());
    const std::size_t first = bytes->find_first_not_of(" \t\r\n");
    const std::string_view text = std::string_view{*bytes}.substr(std::min(first, bytes->size()));
    std::vector<FileEntry> entries;
    if (text.starts_with(kPemBegin)) {
        if (const auto key = setting_for(venue, "secret-key"))
            entries.push_back({*key, std::string{text}, path.string()});
    } else if (text.starts_with('{') || text.find(':') < text.find('\n')) {
        const Result<YAML::Node> root = parse_map(*bytes, path);
        if (!root) return fail(root.error());
        if (root->IsMap()) add_parts(path, *root, venue, entries);
    } else {
        entries = key_lines(*bytes, path, venue);
    }
    Secret::wipe(bytes->data(), bytes->size());
    if (entries.empty()) {
        return fail(
            Errc::parse,
            fmt::format("{}: expected a key of {}: the venue's JSON, a PEM private key, or lines with "
                        "the key and the secret; found none of them",
                        path.string(), venue));
    }
    return entries;
}

}  // namespace plumb::app
