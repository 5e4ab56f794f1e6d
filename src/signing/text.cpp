#include <openssl/evp.h>

#include "base/check.hpp"
#include "signing/signing.hpp"

namespace plumb::signing {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::string_view kHexUpper = "0123456789ABCDEF";

bool is_unreserved(char c) {
    return ('A' <= c && c <= 'Z') || ('a' <= c && c <= 'z') || ('0' <= c && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

}  // namespace

std::string hex(Bytes bytes) {
    std::string out;
    out.reserve(bytes.size() * 2);
    for (const unsigned char byte : bytes) {
        out += kHex[byte >> 4];
        out += kHex[byte & 15];
    }
    return out;
}

std::string base64(Bytes bytes) {
    std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes.data(),
                                     static_cast<int>(bytes.size()));
    out.resize(static_cast<std::size_t>(size));
    return out;
}

std::string base64url(Bytes bytes) {
    std::string out = base64(bytes);
    while (out.ends_with('=')) out.pop_back();
    for (char& c : out) {
        if (c == '+') c = '-';
        if (c == '/') c = '_';
    }
    return out;
}

Result<std::string> from_base64(std::string_view text) {
    constexpr std::string_view kBlanks = " \t\r\n";
    const std::size_t first = text.find_first_not_of(kBlanks);
    if (first == std::string_view::npos) return std::string{};
    text = text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
    std::size_t padding = 0;
    while (text.ends_with('=') && padding < 2) text.remove_suffix(1), ++padding;
    // Only what the alphabet has: OpenSSL's decoder skips blanks inside by itself.
    for (const char c : text) {
        const bool good =
            is_unreserved(c) ? c != '-' && c != '.' && c != '_' && c != '~' : c == '+' || c == '/';
        if (!good) return fail(Errc::parse, "expected base64");
    }
    if (text.size() % 4 == 1 || (padding > 0 && (text.size() + padding) % 4 != 0))
        return fail(Errc::parse, "expected base64: the length is wrong");
    std::string padded{text};
    while (padded.size() % 4 != 0) padded += '=';
    std::string out(padded.size() / 4 * 3, '\0');
    const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                     reinterpret_cast<const unsigned char*>(padded.data()),
                                     static_cast<int>(padded.size()));
    Secret::wipe(padded.data(), padded.size());
    if (size < 0) return fail(Errc::parse, "expected base64");
    out.resize(text.size() * 3 / 4);
    return out;
}

std::string percent_encoded(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        if (is_unreserved(c)) {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += kHexUpper[byte >> 4];
        out += kHexUpper[byte & 15];
    }
    return out;
}

}  // namespace plumb::signing
