#include "io/websocket_accept.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "io/http_framing.hpp"
#include "io/websocket_handshake.hpp"

namespace plumb::io {
namespace {

char lower(char c) { return 'A' <= c && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool same_text(std::string_view a, std::string_view b) { return std::ranges::equal(a, b, {}, lower, lower); }

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

/// The part before `by`, which is taken off `rest`.
std::string_view next_part(std::string_view& rest, char by) {
    const std::size_t at = rest.find(by);
    const std::string_view part = trimmed(rest.substr(0, at));
    rest = at == std::string_view::npos ? std::string_view{} : rest.substr(at + 1);
    return part;
}

/// Sixteen bytes in base64: 22 letters and two equals signs.
bool is_key(std::string_view key) {
    const auto is_letter = [](char c) {
        return ('0' <= c && c <= '9') || ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z') || c == '+' ||
               c == '/';
    };
    return key.size() == 24 && key.ends_with("==") && std::ranges::all_of(key.substr(0, 22), is_letter);
}

bool is_window(std::string_view value) {
    if (2 <= value.size() && value.starts_with('"') && value.ends_with('"'))
        value = value.substr(1, value.size() - 2);
    return value == "8" || value == "9" ||
           (value.size() == 2 && value[0] == '1' && '0' <= value[1] && value[1] <= '5');
}

/// An offer of permessage-deflate that we can take.
struct Offer {
    bool client_resets =
        false;  // client_no_context_takeover: it may be asked for, else some clients refuse us
};

/// "permessage-deflate; client_max_window_bits; server_no_context_takeover". Our window is the largest: an
/// offer that asks the server for a smaller one is passed over (RFC 7692, 7.1.2.1 lets a server do so).
std::optional<Offer> read_offer(std::string_view offer) {
    if (!same_text(next_part(offer, ';'), "permessage-deflate")) return std::nullopt;
    Offer found;
    std::vector<std::string_view> seen;
    while (!offer.empty()) {
        std::string_view value = next_part(offer, ';');
        const bool has_value = value.contains('=');
        const std::string_view name = next_part(value, '=');
        value = trimmed(value);
        const auto is_same = [&](std::string_view other) { return same_text(name, other); };
        if (std::ranges::any_of(seen, is_same)) return std::nullopt;
        seen.push_back(name);
        if (is_same("server_no_context_takeover") || is_same("client_no_context_takeover")) {
            if (has_value) return std::nullopt;
            found.client_resets = found.client_resets || is_same("client_no_context_takeover");
        } else if (is_same("client_max_window_bits")) {
            if (has_value && !is_window(value)) return std::nullopt;
        } else if (is_same("server_max_window_bits")) {
            if (value != "15" && value != "\"15\"") return std::nullopt;
        } else {
            return std::nullopt;
        }
    }
    return found;
}

std::optional<Offer> offered_deflate(const ReceivedRequest& request) {
    for (const Header& header : request.headers) {
        if (!same_text(header.name, "Sec-WebSocket-Extensions")) continue;
        for (std::string_view rest = header.value; !rest.empty();)
            if (const std::optional<Offer> offer = read_offer(next_part(rest, ','))) return offer;
    }
    return std::nullopt;
}

std::string choose_subprotocol(const ReceivedRequest& request, const std::vector<std::string>& spoken) {
    for (const Header& header : request.headers) {
        if (!same_text(header.name, "Sec-WebSocket-Protocol")) continue;
        for (std::string_view rest = header.value; !rest.empty();) {
            const auto found = std::ranges::find(spoken, next_part(rest, ','));
            if (found != spoken.end()) return *found;
        }
    }
    return {};
}

UpgradeAnswer refusal(int status, std::string text, std::vector<Header> headers = {}) {
    headers.push_back({"Content-Type", "text/plain"});
    return {.response = {.status = status, .headers = std::move(headers), .body = std::move(text)},
            .deflate = {},
            .subprotocol = {}};
}

}  // namespace

bool asks_for_websocket(const ReceivedRequest& request) {
    return header_names(request.headers, "Upgrade", "websocket");
}

UpgradeAnswer answer_upgrade(const ReceivedRequest& request, const UpgradeTerms& terms) {
    if (request.method != "GET" || request.is_http_10 || !request.body.empty() ||
        !asks_for_websocket(request) || !header_names(request.headers, "Connection", "upgrade"))
        return refusal(400, "expected a GET of HTTP/1.1 with Connection: Upgrade and Upgrade: websocket\n");
    const std::string* version = request.find("Sec-WebSocket-Version");
    if (!version || trimmed(*version) != "13")
        return refusal(426, "expected Sec-WebSocket-Version: 13\n", {{"Sec-WebSocket-Version", "13"}});
    const std::string* key = request.find("Sec-WebSocket-Key");
    if (!key || !is_key(trimmed(*key)))
        return refusal(400, "expected a Sec-WebSocket-Key of sixteen bytes in base64\n");
    UpgradeAnswer answer{.response = {.status = 101,
                                      .headers = {{"Upgrade", "websocket"},
                                                  {"Connection", "Upgrade"},
                                                  {"Sec-WebSocket-Accept", websocket_accept(trimmed(*key))}},
                                      .body = {}},
                         .deflate = {},
                         .subprotocol = choose_subprotocol(request, terms.subprotocols)};
    if (!answer.subprotocol.empty())
        answer.response.headers.push_back({"Sec-WebSocket-Protocol", answer.subprotocol});
    const std::optional<Offer> offer = terms.may_deflate ? offered_deflate(request) : std::nullopt;
    if (offer) {
        answer.deflate = WebSocketReader::Deflate{.no_context_takeover = offer->client_resets};
        std::string taken = "permessage-deflate; server_no_context_takeover";
        if (offer->client_resets) taken += "; client_no_context_takeover";
        answer.response.headers.push_back({"Sec-WebSocket-Extensions", taken});
    }
    return answer;
}

}  // namespace plumb::io
