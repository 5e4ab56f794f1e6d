#include "exchange/host/masking.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace plumb::exchange {
namespace {

constexpr auto kSecretNames = std::to_array<std::string_view>(
    {"secret", "signature", "sign", "sig", "apisign", "authent", "signed_challenge", "jwt", "token",
     "passphrase", "password", "listenkey", "authorization", "secret_key", "apisecret", "api_secret",
     "private_key"});
constexpr std::string_view kMask = "***";

bool is_name_byte(char byte) {
    return std::isalnum(static_cast<unsigned char>(byte)) != 0 || byte == '_' || byte == '-';
}

bool is_secret_name(std::string_view name) {
    constexpr std::size_t kNameMax = 24;
    if (kNameMax < name.size()) return false;
    std::string lower{name};
    for (char& byte : lower) {
        byte = static_cast<char>(std::tolower(static_cast<unsigned char>(byte)));
        if (byte == '-') byte = '_';
    }
    return std::find(kSecretNames.begin(), kSecretNames.end(), lower) != kSecretNames.end();
}

/// The end of the value that begins at `at`: after the closing quote, or before what ends a bare one.
std::size_t value_end(std::string_view text, std::size_t at) {
    if (at < text.size() && text[at] == '"') {
        for (++at; at < text.size() && text[at] != '"'; ++at) {
            if (text[at] == '\\') ++at;
        }
        return std::min(at + 1, text.size());
    }
    return std::min(text.find_first_of("&, }]\r\n", at), text.size());
}

/// After a name that ends at `at`: where its value begins; npos when no colon or equals sign follows.
std::size_t value_begin(std::string_view text, std::size_t at) {
    if (at < text.size() && text[at] == '"') ++at;
    while (at < text.size() && text[at] == ' ') ++at;
    if (at == text.size() || (text[at] != ':' && text[at] != '=')) return std::string_view::npos;
    ++at;
    while (at < text.size() && text[at] == ' ') ++at;
    return at;
}

void replace_all(std::string& text, std::string_view wanted) {
    for (std::size_t at = text.find(wanted); at != std::string::npos;
         at = text.find(wanted, at + kMask.size()))
        text.replace(at, wanted.size(), kMask);
}

}  // namespace

std::string masked(std::string_view text, std::span<const ApiAccess> access) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at;
        while (end < text.size() && is_name_byte(text[end])) ++end;
        if (end == at) {
            out += text[at++];
            continue;
        }
        const std::string_view name = text.substr(at, end - at);
        const std::size_t value = is_secret_name(name) ? value_begin(text, end) : std::string_view::npos;
        if (value == std::string_view::npos) {
            out += name;
            at = end;
            continue;
        }
        const bool is_quoted = value < text.size() && text[value] == '"';
        out += text.substr(at, value - at);
        out += is_quoted ? '"' + std::string{kMask} + '"' : std::string{kMask};
        at = value_end(text, value);
    }
    for (const ApiAccess& each : access) {
        if (!each.secret.empty()) replace_all(out, each.secret);
    }
    return out;
}

}  // namespace plumb::exchange
