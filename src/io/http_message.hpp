#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace plumb::io {

enum class Method : unsigned char { get, post, put, patch, del };

constexpr std::string_view to_string(Method method) {
    switch (method) {
        case Method::get: return "GET";
        case Method::post: return "POST";
        case Method::put: return "PUT";
        case Method::patch: return "PATCH";
        case Method::del: return "DELETE";
    }
    return "";
}

struct Header {
    std::string name;
    std::string value;
};

/// The value of the first header of this name, any case; null when there is none.
const std::string* find_header(const std::vector<Header>& headers, std::string_view name);

/// What is asked of a host: host and length headers are the client's business.
struct HttpRequest {
    Method method = Method::get;
    std::string target;  // "/path?query", already encoded
    std::vector<Header> headers;
    std::string body;
};

/// What a stranger asked of us, as it came.
struct ReceivedRequest {
    std::string method;  // any token
    std::string target;  // "/path?query", still encoded; no control characters, else what they like
    std::vector<Header> headers;
    std::string body;         // without its chunks; not inflated
    bool keeps_alive = true;  // asks for the connection to stay
    bool is_http_10 = false;

    const std::string* find(std::string_view name) const { return find_header(headers, name); }
};

struct HttpResponse {
    int status = 0;
    std::vector<Header> headers;
    std::string body;  // inflated

    const std::string* find(std::string_view name) const { return find_header(headers, name); }
};

}  // namespace plumb::io
