#include "io/websocket_handshake.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cstring>

#include "base/check.hpp"
#include "io/http_framing.hpp"

namespace plumb::io {
namespace {

std::string base64(const unsigned char* bytes, std::size_t size) {
    std::string text(4 * ((size + 2) / 3) + 1, '\0');  // OpenSSL ends it with a zero byte
    const int length =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes, static_cast<int>(size));
    text.resize(static_cast<std::size_t>(length));
    return text;
}

char lower(char c) { return 'A' <= c && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_text(std::string_view a, std::string_view b) { return std::ranges::equal(a, b, {}, lower, lower); }

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

std::vector<std::string_view> split(std::string_view text, char by) {
    std::vector<std::string_view> parts;
    for (;;) {
        const std::size_t at = text.find(by);
        parts.push_back(trimmed(text.substr(0, at)));
        if (at == std::string_view::npos) return parts;
        text.remove_prefix(at + 1);
    }
}

bool names(const HttpResponse& response, std::string_view header, std::string_view word) {
    for (const Header& each : response.headers) {
        if (!same_text(each.name, header)) continue;
        for (const std::string_view part : split(each.value, ','))
            if (same_text(part, word)) return true;
    }
    return false;
}

/// "permessage-deflate; server_no_context_takeover; server_max_window_bits=12" (RFC 7692, 7.1). Whatever
/// window the server uses, ours is the largest, so its size need only be a size.
Result<WebSocketReader::Deflate> parse_deflate(std::string_view text) {
    WebSocketReader::Deflate deflate;
    const std::vector<std::string_view> parts = split(text, ';');
    if (!same_text(parts.front(), "permessage-deflate"))
        return fail(Errc::corrupt,
                    "the server agreed to an extension that was not offered: " + std::string{text});
    std::vector<std::string> seen;
    for (std::size_t i = 1; i < parts.size(); ++i) {
        const std::size_t equals = parts[i].find('=');
        std::string name{trimmed(parts[i].substr(0, equals))};
        std::string_view value = equals == std::string_view::npos ? "" : trimmed(parts[i].substr(equals + 1));
        if (2 <= value.size() && value.starts_with('"') && value.ends_with('"'))
            value = value.substr(1, value.size() - 2);
        std::ranges::transform(name, name.begin(), lower);
        const bool is_window = name == "server_max_window_bits" &&
                               (value == "8" || value == "9" || value == "10" || value == "11" ||
                                value == "12" || value == "13" || value == "14" || value == "15");
        const bool is_server = name == "server_no_context_takeover" && equals == std::string_view::npos;
        const bool is_client = name == "client_no_context_takeover" && equals == std::string_view::npos;
        if ((!is_window && !is_server && !is_client) || std::ranges::find(seen, name) != seen.end())
            return fail(Errc::corrupt,
                        "the server agreed to a compression that was not offered: " + std::string{text});
        if (is_server) deflate.no_context_takeover = true;
        seen.push_back(std::move(name));
    }
    return deflate;
}

}  // namespace

std::string make_websocket_key() {
    unsigned char bytes[16];
    PLUMB_CHECK(RAND_bytes(bytes, sizeof bytes) == 1);
    return base64(bytes, sizeof bytes);
}

std::string websocket_accept(std::string_view key) {
    const std::string text = std::string{key} + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    PLUMB_CHECK(EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha1(), nullptr) == 1);
    return base64(digest, size);
}

std::array<unsigned char, 4> random_mask() {
    constexpr std::size_t kBytes = 4096;
    thread_local std::array<unsigned char, kBytes> store;
    thread_local std::size_t used = kBytes;
    if (used == kBytes) {
        PLUMB_CHECK(RAND_bytes(store.data(), static_cast<int>(kBytes)) == 1);
        used = 0;
    }
    std::array<unsigned char, 4> mask{};
    std::memcpy(mask.data(), store.data() + used, mask.size());
    used += mask.size();
    return mask;
}

Result<std::string> write_upgrade(const Endpoint& endpoint, const WebSocketRequest& request,
                                  std::string_view key) {
    HttpRequest upgrade{
        .method = Method::get, .target = request.target, .headers = request.headers, .body = {}};
    for (const std::string_view ours :
         {"Connection", "Upgrade", "Sec-WebSocket-Key", "Sec-WebSocket-Version", "Sec-WebSocket-Protocol",
          "Sec-WebSocket-Extensions", "Accept-Encoding"}) {
        if (find_header(request.headers, ours))
            return fail(Errc::invalid_argument,
                        "header " + std::string{ours} + " is the upgrade's own business");
    }
    upgrade.headers.push_back({"Connection", "Upgrade"});
    upgrade.headers.push_back({"Upgrade", "websocket"});
    upgrade.headers.push_back({"Sec-WebSocket-Key", std::string{key}});
    upgrade.headers.push_back({"Sec-WebSocket-Version", "13"});
    upgrade.headers.push_back({"Accept-Encoding", "identity"});  // a refusal is to be read as it is
    if (!request.subprotocols.empty()) {
        std::string list;
        for (const std::string& each : request.subprotocols) list += (list.empty() ? "" : ", ") + each;
        upgrade.headers.push_back({"Sec-WebSocket-Protocol", std::move(list)});
    }
    if (request.offer_deflate)
        upgrade.headers.push_back(
            {"Sec-WebSocket-Extensions", "permessage-deflate; client_no_context_takeover"});
    return write_request(endpoint, upgrade);
}

Result<WebSocketAgreement> check_upgrade(const WebSocketRequest& request, std::string_view key,
                                         const HttpResponse& response) {
    if (response.status != 101)
        return fail(Errc::rejected, "expected status 101, found " + std::to_string(response.status));
    if (!names(response, "Upgrade", "websocket") || !names(response, "Connection", "upgrade"))
        return fail(Errc::corrupt, "expected an upgrade to websocket, found a 101 to something else");
    const std::string* accept = response.find("Sec-WebSocket-Accept");
    if (!accept || *accept != websocket_accept(key))
        return fail(Errc::corrupt,
                    "the 101 does not answer our key: something between us and the server answers for it");
    WebSocketAgreement agreement;
    if (const std::string* protocol = response.find("Sec-WebSocket-Protocol")) {
        if (std::ranges::find(request.subprotocols, *protocol) == request.subprotocols.end())
            return fail(Errc::corrupt, "the server chose a subprotocol that was not offered: " + *protocol);
        agreement.subprotocol = *protocol;
    }
    if (const std::string* extensions = response.find("Sec-WebSocket-Extensions")) {
        if (!request.offer_deflate)
            return fail(Errc::corrupt, "the server agreed to an extension that was not offered");
        const Result<WebSocketReader::Deflate> deflate = parse_deflate(*extensions);
        if (!deflate) return fail(deflate.error());
        agreement.deflate = *deflate;
    }
    return agreement;
}

}  // namespace plumb::io
