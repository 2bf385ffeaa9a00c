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
    Hare Harebell Hawthorn Hazel Heather Heron Holly Honeysuckle Hornbeam Hyacinth Iris Ivy
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

STREET_TYPES = (
    (0, _words("Close Mews Court Place Row")),
    (13, _words("Drive Way Lane Crescent Terrace Grove Gardens Walk Rise")),
    (27, _words("Street Road Avenue")),
)
"""What streets are called from so many plots on: the shortest are cul-de-sacs."""

SAINTS = _words(
    """
    Aldhelm Aidan Alphege Bega Cedd Chad Columba Cuthbert Dunstan Edmund Etheldreda Hilda Oswald Osyth
    Paulinus Swithun Werburgh Wilfrid Winifred Wulfstan
    """
)

TOWN_STARTS = _words(
    """
    Alder Amber Appin Arden Ashen Aver Barrow Bracken Bram Brindle Cald Carrow Cinder Corran Dapple Darn
    Dunmer Elder Ember Fair Fallow Farrow Fen Fern Gander Garron Hallow Hazel Heron Hollin Ister
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
    Ahmad Ahmed Akbar Akhtar Akram Ali Anwar Arshad Ashraf Aslam Aziz Baig Bashir Begum Bhatti Bi Bibi
    Butt Chaudhry Dar Farooq Hafeez Hanif Hassan Hussain Iqbal Javed Kausar Khalid Khan Latif Mahmood
    Majid Malik Mir Mirza Mohammed Mughal Mahmud Nawaz Nazir Qureshi Rafiq Raja Rashid Rehman Riaz Sadiq
    Saleem Shabir Shah Sharif Sheikh Siddiqui Sultan Tariq Yousaf Zaman
    """
)
"""Where Faker has no list in Latin script, or one without sexes."""

MUSLIM_MEN = _words(
    """
    Abdul Abdullah Adil Adnan Ahmad Ahmed Ali Amir Anas Asad Awais Ayaan Bilal Daniyal Faisal Farhan
    Haider Hamza Haris Haroon Hasan Hashim Hassan Hussain Ibrahim Idris Ilyas Imran Ismail Jamal Junaid
    Kamran Khalid Malik Mohamed Mohammad Mohammed Muhammad Musa Mustafa Nadeem Naveed Omar Qasim Raheem
    Rashid Rehan Saif Sajid Sameer Samir Shahid Sohail Sulaiman Tariq Umar Usman Yahya Yasin Yunus Yusuf
    Zahid Zain Zakariya Zayd
    """
)

OF_ONE_TRADITION = _words(
    """
    Aadam Aahil Aarav Aaryan Aayan Anika Arham Arjun Aryan Azaan Dawud Diya Ibraheem Inaya Isha Kamil
    Kiaan Krish Marwa Priya Rayan Riya Sami Shah Yaqub Yaseen Yuvraj Zakaria Zayan Aaliyah Aaminah
    Aishah Aiyla Aiza Aizah Ajay Aleena Aleeza Alishba Aliza Amaan Amal Aman Amar Ameera Aminah Amira
    Amirah Amna Anaya Anayah Anisa Anisah Armaan Arun Asiya Aya Ayah Ayan Ayat Ayman Ayra Aysha Danyal
    Dua Eesa Eshaal Fatimah Hafsah Haleema Hamzah Haniya Hareem Hari Hasnain Hawa Henna Humza Imaan Iman
    Inaaya Inayah Isa Ismaeel Isra Jannat Khadijah Laiba Liyana Malaika Minahil Muhammed Nikhil Rahul
    Raja Rajan Rayyan Reeva Rohan Safa Safaa Sahil Simran Subhan Sumayyah Syed Syeda Uzair Yusra Zayaan
    Zaynab Zoya Aleksander Alicja Dawid Franciszek Jakub Kacper Maja Maksymilian Mateusz Michal Mikolaj
    Nikodem Oliwia Oliwier Patryk Szymon Tymon Wiktor Wiktoria Zofia Zuzanna Andrei Alexandru Matei
    """
)
"""With the two lists of forenames above: names in ``forenames.csv`` that are drawn for those groups alone."""

NOT_BRITISH = _words(
    """
    Kaur Patel Singh Sharma Begum Chan Chowdhury Desai Joshi Kumar Mistry Rao Wong
    """
)
"""Surnames in Faker's British list that are left to other groups."""
