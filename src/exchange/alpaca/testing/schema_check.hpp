#pragma once

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

namespace plumb::exchange::alpaca {

/// What is wrong with a value by a schema of the venue's OpenAPI files, one line each: required members that
/// are missing, types, texts outside an enumeration, texts that are no UUID, time or date. Members the schema
/// does not know pass: the venue adds some before it writes them down.
class Schemas {
 public:
    using Json = nlohmann::json;

    Schemas() {
        std::ifstream file{PLUMB_TESTDATA "/exchange/alpaca/schemas.json"};
        file >> schemas_;
    }
    std::string faults(const std::string& name, const Json& value) const {
        std::string found;
        check(schemas_.at(name), value, name, found);
        return found;
    }

 private:
    static bool has_type(const std::string& type, const Json& value) {
        if (type == "object") return value.is_object();
        if (type == "array") return value.is_array();
        if (type == "string") return value.is_string();
        if (type == "boolean") return value.is_boolean();
        if (type == "integer") return value.is_number_integer();
        return type != "number" || value.is_number();
    }
    static bool has_format(const std::string& format, const std::string& text) {
        if (format == "uuid") return text.size() == 36 && text[8] == '-' && text[23] == '-';
        if (format == "date-time") return 20 <= text.size() && text[10] == 'T' && text[13] == ':';
        if (format == "date") return text.size() == 10 && text[4] == '-' && text[7] == '-';
        return true;
    }
    static void check(const Json& schema, const Json& value, const std::string& where, std::string& found) {
        if (value.is_null()) {
            // The files name few of the members that are null before their time.
            if (!schema.value("nullable", false) && !where.ends_with("replaced_by") &&
                !where.ends_with("replaces") && !where.ends_with("_at"))
                found += where + " is null\n";
            return;
        }
        if (schema.contains("type") && !has_type(schema["type"], value)) {
            found += where + " is no " + schema["type"].get<std::string>() + ": " + value.dump() + "\n";
            return;
        }
        // The files do not know the exchange that every recorded coin has.
        const bool is_coins = where.ends_with(".exchange") && value == "CRYPTO";
        if (schema.contains("enum") && !is_coins &&
            std::find(schema["enum"].begin(), schema["enum"].end(), value) == schema["enum"].end()) {
            found += where + " is none of the enumeration: " + value.dump() + "\n";
        }
        if (value.is_string() && !has_format(schema.value("format", ""), value)) {
            found += where + " has not the format: " + value.dump() + "\n";
        }
        for (const Json& name : schema.value("required", Json::array())) {
            if (value.is_object() && !value.contains(name)) found += where + " lacks " + name.dump() + "\n";
        }
        if (value.is_object()) check_members(schema, value, where, found);
        if (value.is_array() && schema.contains("items")) {
            for (const Json& item : value) check(schema["items"], item, where + "[]", found);
        }
    }
    static void check_members(const Json& schema, const Json& value, const std::string& where,
                              std::string& found) {
        for (const auto& [name, member] : value.items()) {
            const auto known = schema.find("properties");
            if (known != schema.end() && known->contains(name)) {
                check((*known)[name], member, where + "." + name, found);
            } else if (schema.contains("additionalProperties")) {
                check(schema["additionalProperties"], member, where + "." + name, found);
            }
        }
    }

    Json schemas_;
};

}  // namespace plumb::exchange::alpaca
