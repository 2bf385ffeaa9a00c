"""The trades of the town's businesses: what each is called, where it works, what it sells.

Ours to change, as the tables of ``assumptions`` are; codes of divisions are those of SIC 2007 (ONS).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trade:
    """One trade.

    ``division`` is its division in SIC 2007, ``kind`` the premises that it uses, ``weight`` its share of
    those. ``calls`` are what businesses call themselves after their name, separated by commas.
    ``food`` and ``alcohol`` are the chances that it sells them, ``metres`` the floor area for each
    person who works there.
    """

    name: str
    division: str
    kind: str
    weight: float
    calls: str
    food: float = 0.0
    alcohol: float = 0.0
    metres: float = 40.0


# fmt: off
TRADES = (
    Trade("convenience_store", "47", "shop", 14, "Stores, Local, News", 1.0, 0.8),
    Trade("butcher", "47", "shop", 3, "Butchers, Family Butchers", 1.0),
    Trade("baker", "10", "shop", 4, "Bakery, Bakers", 1.0),
    Trade("greengrocer", "47", "shop", 2, "Greengrocers, Fruit & Veg", 1.0),
    Trade("off_licence", "47", "shop", 2, "Wines, Cellars", 1.0, 1.0),
    Trade("pharmacy", "47", "shop", 7, "Pharmacy, Chemists", 0.3),
    Trade("clothes_shop", "47", "shop", 14, "Clothing, Boutique, Outfitters"),
    Trade("hardware_shop", "47", "shop", 5, "Hardware, Ironmongers"),
    Trade("furniture_shop", "47", "shop", 8, "Furniture, Carpets, Interiors"),
    Trade("charity_shop", "47", "shop", 6, "Hospice Shop, Community Shop"),
    Trade("florist", "47", "shop", 4, "Florists, Flowers"),
    Trade("bookshop", "47", "shop", 3, "Books"),
    Trade("optician", "47", "shop", 4, "Opticians, Eyecare"),
    Trade("phone_shop", "47", "shop", 6, "Phones, Electrical"),
    Trade("estate_agent", "68", "shop", 6, "Estate Agents, Lettings"),
    Trade("launderette", "96", "shop", 3, "Launderette, Dry Cleaners"),
    Trade("pet_shop", "47", "shop", 2, "Pets"),
    Trade("supermarket", "47", "supermarket", 1, "Supermarket, Foodstore", 1.0, 1.0, 30),
    Trade("hairdresser", "96", "hairdresser", 6, "Hair, Barbers, Hairdressing", metres=20),
    Trade("beauty_salon", "96", "hairdresser", 4, "Beauty, Nails", metres=20),
    Trade("cafe", "56", "cafe", 1, "Cafe, Coffee House, Tea Room", 1.0, 0.12, 18),
    Trade("restaurant", "56", "restaurant", 1, "Restaurant, Kitchen, Grill", 1.0, 0.9, 16),
    Trade("takeaway", "56", "takeaway", 1, "Takeaway, Fish Bar, Pizza, Kebab House", 1.0, 0.06, 12),
    Trade("pub", "56", "pub", 1, "", 0.85, 1.0, 35),
    Trade("bank", "64", "bank", 1, "Bank, Building Society", metres=25),
    Trade("betting_shop", "92", "betting_shop", 1, "Bookmakers", metres=25),
    Trade("petrol_station", "47", "petrol_station", 1, "Service Station", 1.0, 0.5, 45),
    Trade("solicitor", "69", "office", 8, "Solicitors, Law", metres=16),
    Trade("accountant", "69", "office", 9, "Accountants, Bookkeeping", metres=16),
    Trade("software", "62", "office", 14, "Software, Digital, Computing", metres=14),
    Trade("architect", "71", "office", 8, "Architects, Surveyors, Design", metres=16),
    Trade("insurance_broker", "66", "office", 5, "Insurance, Financial Advice", metres=15),
    Trade("recruitment", "78", "office", 6, "Recruitment, Staffing", metres=14),
    Trade("marketing", "73", "office", 7, "Marketing, Advertising", metres=15),
    Trade("property_management", "68", "office", 8, "Property, Estates", metres=18),
    Trade("home_care", "88", "office", 5, "Care, Homecare", metres=10),
    Trade("office_services", "82", "office", 14, "Business Services, Office Services", metres=18),
    Trade("builder", "43", "workshop", 24, "Builders, Roofing, Electrical, Plumbing", metres=45),
    Trade("joiner", "16", "workshop", 10, "Joinery, Timber", metres=50),
    Trade("printer", "18", "workshop", 7, "Print, Signs", metres=45),
    Trade("metalworker", "25", "workshop", 13, "Engineering, Fabrications", metres=50),
    Trade("upholsterer", "31", "workshop", 5, "Upholstery, Kitchens", metres=50),
    Trade("brewer", "11", "workshop", 2, "Brewery, Brewing", 1.0, 1.0, 70),
    Trade("caterer", "56", "workshop", 4, "Catering, Event Catering", 1.0, 0.3, 30),
    Trade("car_repairer", "45", "garage", 1, "Motors, Garage, Tyres, Bodyworks", metres=50),
    Trade("wholesaler", "46", "warehouse", 10, "Wholesale, Supplies, Trade Supplies", 0.2, 0.05, 90),
    Trade("haulier", "49", "warehouse", 5, "Haulage, Transport", metres=110),
    Trade("storage", "52", "warehouse", 7, "Storage, Logistics, Removals", metres=130),
    Trade("food_factory", "10", "factory", 3, "Foods, Fine Foods", 1.0, 0.0, 45),
    Trade("machinery_factory", "28", "factory", 4, "Machinery, Pumps, Precision", metres=55),
    Trade("plastics_factory", "22", "factory", 3, "Plastics, Mouldings", metres=60),
    Trade("textile_factory", "13", "factory", 2, "Textiles, Mills", metres=55),
    Trade("surgery", "86", "surgery", 1, "Surgery, Medical Practice", metres=28),
    Trade("dentist", "86", "dentist", 1, "Dental Practice, Dental Care", metres=20),
    Trade("vet", "75", "vet", 1, "Vets, Veterinary Practice", metres=22),
    Trade("nursery", "88", "nursery", 1, "Nursery, Day Nursery, Pre-school", 1.0, 0.0, 20),
    Trade("gym", "93", "gym", 1, "Gym, Fitness", 0.2, 0.1, 70),
    Trade("hotel", "55", "hotel", 1, "Hotel, Guest House", 1.0, 0.6, 45),
    Trade("social_club", "94", "social_club", 1, "Social Club, Sports Club", 0.5, 0.95, 90),
    Trade("theatre", "90", "theatre", 1, "Theatre, Playhouse", 0.8, 0.9, 60),
)
# fmt: on
"""Weights, chances and areas are our estimates."""
