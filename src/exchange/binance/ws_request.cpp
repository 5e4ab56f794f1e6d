#include "exchange/binance/ws_request.hpp"

#include <nlohmann/json.hpp>

#include "exchange/binance/text.hpp"

namespace plumb::exchange::binance {
namespace {

/// Members of the request at depth one, members of its params at depth two, lists of those at depth three.
class RequestReader : public nlohmann::json_sax<nlohmann::json> {
 public:
    explicit RequestReader(WsRequest& request) : request_{request} {}

    bool is_whole() const { return has_method_ && is_sound_; }

    bool null() override { return value("null", "", false); }
    bool boolean(bool one) override { return value(one ? "true" : "false", one ? "true" : "false", false); }
    bool number_integer(number_integer_t one) override { return number(std::to_string(one)); }
    bool number_unsigned(number_unsigned_t one) override { return number(std::to_string(one)); }
    bool number_float(number_float_t, const string_t& text) override { return number(text); }
    bool string(string_t& text) override {
        std::string quoted;
        append_quoted(quoted, text);
        return value(quoted, text, true);
    }
    bool binary(binary_t&) override { return false; }
    bool start_object(std::size_t) override {
        ++depth_;
        return depth_ == 1 || (depth_ == 2 && key_ == "params");
    }
    bool end_object() override {
        --depth_;
        return true;
    }
    bool key(string_t& name) override {
        (depth_ == 1 ? key_ : member_) = name;
        if (depth_ == 2 && request_.parameters.has(name)) is_sound_ = false;
        return request_.parameters.all().size() < Parameters::kParametersMax;
    }
    bool start_array(std::size_t) override {
        if (depth_ != 2 || list_) return false;
        list_ = "[";
        return true;
    }
    bool end_array() override {
        request_.parameters.set(member_, *list_ + "]");
        list_.reset();
        return true;
    }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
        return false;
    }

 private:
    bool number(const std::string& text) { return value(text, text, false); }

    bool value(const std::string& json, const std::string& plain, bool is_text) {
        if (list_) {
            if (list_->size() > 1) *list_ += ',';
            *list_ += json;
        } else if (depth_ == 2) {
            request_.parameters.set(member_, plain);
        } else if (depth_ != 1) {
            return false;
        } else if (key_ == "id") {
            request_.id = json;
        } else if (key_ == "method") {
            has_method_ = is_text;
            request_.method = plain;
        } else if (key_ == "params" && json != "null") {
            is_sound_ = false;
        }
        return true;
    }

    WsRequest& request_;
    std::string key_, member_;
    std::optional<std::string> list_;
    int depth_ = 0;
    bool has_method_ = false;
    bool is_sound_ = true;
};

}  // namespace

Checked<WsRequest> read_ws_request(std::string_view text) {
    WsRequest request;
    RequestReader reader{request};
    const bool done = nlohmann::json::sax_parse(text.begin(), text.end(), &reader);
    if (!done || !reader.is_whole()) return refuse(-1135, "Invalid JSON Request");
    return request;
}

}  // namespace plumb::exchange::binance
