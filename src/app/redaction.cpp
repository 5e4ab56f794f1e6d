#include "app/redaction.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>

namespace plumb::app {
namespace {

constexpr std::size_t kSecretMin = 4;  // shorter than this is no key
constexpr std::size_t kLineMin = 16;   // of a key of several lines: its frame is no secret
constexpr std::string_view kMask = "********";

void mask(std::string& text, std::string_view secret) {
    if (secret.size() < kSecretMin) return;
    for (std::size_t at = text.find(secret); at != std::string::npos;
         at = text.find(secret, at + kMask.size()))
        text.replace(at, secret.size(), kMask);
}

void mask_lines(std::string& text, std::string_view key) {
    while (!key.empty()) {
        const std::string_view line = key.substr(0, key.find('\n'));
        key.remove_prefix(std::min(key.size(), line.size() + 1));
        if (line.size() >= kLineMin && !line.starts_with("-----")) mask(text, line);
    }
}

/// As it stands in an address, where the key has anything to spell otherwise.
std::string percent_encoded(std::string_view key) {
    std::string out;
    for (const char c : key) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           std::string_view{"-_.~"}.find(c) != std::string_view::npos;
        if (plain)
            out += c;
        else
            fmt::format_to(std::back_inserter(out), "%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

}  // namespace

std::string redacted(std::string text, const std::vector<Secret>& secrets) {
    for (const Secret& secret : secrets) {
        const std::string_view key = secret.reveal();
        mask(text, key);
        if (key.find('\n') != std::string_view::npos) {
            mask_lines(text, key);
            continue;
        }
        std::string encoded = percent_encoded(key);
        if (encoded != key) mask(text, encoded);
        Secret::wipe(encoded.data(), encoded.size());
    }
    return text;
}

}  // namespace plumb::app
