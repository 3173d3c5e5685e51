"""Addresses of services outside of the house."""

from typing import Final

ADDRESSES: Final = {
    "service_kinds": "GET /service-kinds",
    "list_services": "GET /services",
    "switched_on_services": "GET /switched-on-services",
    "read_service": "GET /services/{service}",
    "add_service": "POST /services",
    "change_service": "PATCH /services/{service}",
    "remove_service": "DELETE /services/{service}",
    "test_service": "POST /services/{service}/trials",
    "service_deliveries": "GET /services/{service}/deliveries",
    "resend": "POST /services/{service}/deliveries/{delivery}/repeats",
}
