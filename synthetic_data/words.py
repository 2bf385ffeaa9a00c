"""Words of our own that invented names are made of."""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


STREET_WORDS = _words(
    """
    Acorn Alder Amber Anvil Apple Arbour Archer Ash Aspen Aster Badger Barley Beacon Beech Bell Bilberry
    Birch Blackbird Blackthorn Blossom Bluebell Bobbin Bracken Bramble Brewer Brick Briar Brook Broom
    Bullfinch Burdock Buttercup Campion Carter Catkin Cedar Celandine Chaffinch Chandler Chapel Cherry
    Chestnut Clematis Clover Cobbler Comfrey Cooper Copper Cornflower Cowslip Crabtree Crocus Curlew
    Cutler Cypress Daisy Dapple Damson Dove Drover Dunlin Elder Elm Falcon Fern Fiddler Fieldfare
    Fletcher Foxglove Foundry Friar Fuller Garnet Gatehouse Glover Goldfinch Gorse Granary Greenfinch
    Hare Harebell Harrow Hawthorn Hazel Heather Heron Holly Honeysuckle Hornbeam Hyacinth Iris Ivy
    Jackdaw Jasmine Jay Juniper Kestrel Kingfisher Laburnum Lantern Larch Larkspur Lark Laurel Lavender
    Lilac Lime Linden Linnet Lupin Magnolia Magpie Mallard Maple Marigold Marjoram Mason Meadow Medlar
    Merlin Mill Millstone Mistletoe Mulberry Myrtle Nightingale Nutmeg Oak Orchard Osier Osprey Otter
    Owl Pear Periwinkle Petrel Pine Plover Plum Poplar Poppy Potter Primrose Quarry Quince Redstart
    Redwing Robin Rookery Rose Rosemary Rowan Saddler Saffron Sandpiper Sawyer Sedge Shepherd Skylark
    Sloe Snowdrop Sorrel Sparrow Spindle Spruce Starling Stonechat Swallow Swift Sycamore Tamarisk
    Tanner Teal Teasel Thatcher Thistle Thrush Thyme Tulip Turner Turnstone Vetch Viola Wagtail Walnut
    Warbler Waxwing Weaver Wheatear Wheelwright Whinchat Willow Woodpecker Wren Wright Yarrow Yew
    """
)

STREET_TYPES = _words(
    """
    Street Road Avenue Close Drive Way Lane Crescent Terrace Grove Gardens Place Walk Rise Mews Row
    """
)

TOWN_STARTS = _words(
    """
    Alder Amber Appin Arden Ashen Aver Barrow Bracken Bram Brindle Cald Carrow Cinder Corran Dapple Darn
    Dunmer Elder Ember Fair Fallow Farrow Fen Fern Gander Garron Hallow Harrow Hazel Heron Hollin Ister
    Kestrel Lark Linden Lorn Mallow Marron Merrow Mistle Nether Oaken Orrin Otter Penn Quarrel Raven
    Rill Rowan Sable Sedge Silver Sorrel Swallow Tallow Tamar Thistle Tolver Umber Vell Wander Whin
    Willow Wren Yarrow
    """
)

TOWN_ENDS = _words(
    """
    bourne bridge combe cross dale fold garth gate holme hurst keld leigh marsh mere moor mouth pool
    rigg stead stoke thorpe thwaite wade water wick wold worth
    """
)

MUSLIM_WOMEN = _words(
    """
    Aisha Amina Asma Ayesha Farah Farida Farzana Fatima Habiba Hafsa Halima Hina Iqra Javeria Khadija
    Kulsum Lubna Maryam Misbah Mumtaz Nadia Naila Nasreen Nazia Noor Parveen Rabia Rahila Razia Rukhsana
    Saba Sadia Safiya Saima Salma Samina Sana Shabana Shaista Shamim Shazia Sobia Sumaya Tahira Tasneem
    Uzma Yasmin Zahra Zainab Zara
    """
)

BENGALI_SURNAMES = _words(
    """
    Ahmed Akhtar Alam Ali Amin Aziz Begum Bari Chowdhury Haque Hossain Hussain Islam Kabir Kadir Karim
    Khan Khanom Khatun Mahmud Malik Miah Mia Mannan Rahman Rashid Sultana Sarkar Talukdar Uddin Ullah
    Zaman
    """
)

MUSLIM_SURNAMES = _words(
    """
    Ahmed Akhtar Ali Begum Bibi Hussain Iqbal Khan Mahmood Malik Shah
    """
)
"""Forenames and surnames where Faker has no list in Latin script."""
